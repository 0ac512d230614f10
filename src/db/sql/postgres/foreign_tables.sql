-- Whose history there is: dbmate or golang-migrate (which has a column `dirty`), goose, refinery, Flyway, Supabase.
SELECT to_regclass('schema_migrations') IS NOT NULL,
       EXISTS (
           SELECT 1
           FROM pg_attribute
           WHERE attrelid = to_regclass('schema_migrations') AND attname = 'dirty' AND NOT attisdropped
       ),
       to_regclass('goose_db_version') IS NOT NULL,
       to_regclass('refinery_schema_history') IS NOT NULL,
       to_regclass('flyway_schema_history') IS NOT NULL,
       to_regclass('supabase_migrations.schema_migrations') IS NOT NULL;
