INSERT INTO packwright_migration_log
    (action, version, description, outcome, statements, nanoseconds, detail, actor, host, process, tool_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);
