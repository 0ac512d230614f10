UPDATE supabase_migrations.schema_migrations
SET statements = $2,
    name = $3
WHERE version = $1;
