-- A file without transaction: not a success until its last statement is done.
INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
VALUES ($1, $2, FALSE, $3, -1)
ON CONFLICT (version) DO NOTHING;
