CREATE DATABASE the_database TEMPLATE template0;
