UPDATE _sqlx_migrations
SET success = TRUE,
    checksum = ?2,
    execution_time = ?3
WHERE version = ?1;
