UPDATE _sqlx_migrations
SET checksum = $2,
    success = TRUE
WHERE version = $1;
