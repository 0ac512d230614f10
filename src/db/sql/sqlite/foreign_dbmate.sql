SELECT CAST(version AS TEXT), TRUE, FALSE
FROM schema_migrations
ORDER BY version;
