-- Fails where the version is recorded by now: another tool may know no lock.
INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
VALUES (?1, ?2, TRUE, ?3, 0);
