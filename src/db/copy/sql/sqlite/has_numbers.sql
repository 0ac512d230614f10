-- AUTOINCREMENT keeps its last numbers in a table that is there once a table needs it.
SELECT count(*) FROM main.sqlite_schema WHERE name = 'sqlite_sequence';
