DELETE FROM supabase_migrations.schema_migrations
WHERE version = $1;
