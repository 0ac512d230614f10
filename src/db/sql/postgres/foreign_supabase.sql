SELECT version, TRUE, FALSE
FROM supabase_migrations.schema_migrations
ORDER BY version;
