PRAGMA main.foreign_keys = OFF;
