-- The table of the Supabase CLI, and the columns it gained over time.
CREATE SCHEMA IF NOT EXISTS supabase_migrations;
CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations (version TEXT NOT NULL PRIMARY KEY);
ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS statements TEXT[];
ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name TEXT;
