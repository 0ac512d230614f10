SELECT version,
       description,
       to_char(installed_on AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       success,
       checksum,
       execution_time
FROM _sqlx_migrations
ORDER BY version;
