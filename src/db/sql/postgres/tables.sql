SELECT to_regclass('_sqlx_migrations') IS NOT NULL,
       to_regclass('packwright_migrations') IS NOT NULL,
       to_regclass('supabase_migrations.schema_migrations') IS NOT NULL,
       to_regclass('packwright_migration_undo') IS NOT NULL,
       to_regclass('packwright_migration_texts') IS NOT NULL,
       to_regclass('packwright_migration_log') IS NOT NULL;
