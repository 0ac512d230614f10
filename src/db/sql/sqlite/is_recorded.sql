SELECT EXISTS (SELECT 1 FROM _sqlx_migrations WHERE version = ?1);
