-- Neither applied nor gone: other tools call it dirty.
UPDATE _sqlx_migrations
SET success = FALSE
WHERE version = ?1;
