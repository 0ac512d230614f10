SELECT count(*) FROM ONLY pg_catalog.pg_class;
