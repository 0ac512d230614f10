SELECT version,
       description,
       strftime('%Y-%m-%dT%H:%M:%SZ', installed_on),
       success,
       checksum,
       execution_time
FROM _sqlx_migrations
ORDER BY version;
