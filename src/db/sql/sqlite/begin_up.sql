-- A writer from the start: one that only becomes a writer later can be turned away. Whether the version is recorded by now is asked
-- in the same breath, for another tool may know no lock.
BEGIN IMMEDIATE;
SELECT EXISTS (SELECT 1 FROM _sqlx_migrations WHERE version = ?1);
