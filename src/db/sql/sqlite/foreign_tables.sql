-- Whose history there is: dbmate or golang-migrate (which has a column `dirty`), goose, refinery, Flyway; Supabase has no SQLite.
SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'),
       EXISTS (SELECT 1 FROM pragma_table_info('schema_migrations') WHERE name = 'dirty'),
       EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'goose_db_version'),
       EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'refinery_schema_history'),
       EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'flyway_schema_history'),
       FALSE;
