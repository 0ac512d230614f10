-- By way of JSON, because older tables lack the last two columns.
SELECT version,
       to_jsonb(migration) ->> 'name',
       (to_jsonb(migration) -> 'statements')::text
FROM supabase_migrations.schema_migrations AS migration
ORDER BY version;
