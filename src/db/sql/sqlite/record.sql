-- The history and everything noted beside it, at once.
INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
VALUES (?1, ?2, TRUE, ?3, ?4);
INSERT INTO packwright_migrations
    (version, checksum, semantic_checksum, statements, statements_done, in_doubt, tool_version)
VALUES (?1, ?3, ?5, ?6, ?6, FALSE, ?7)
ON CONFLICT (version) DO UPDATE
SET checksum = excluded.checksum,
    semantic_checksum = excluded.semantic_checksum,
    statements = excluded.statements,
    statements_done = excluded.statements_done,
    in_doubt = excluded.in_doubt,
    tool_version = excluded.tool_version;
INSERT INTO packwright_migration_texts (version, checksum, text)
SELECT ?1, ?3, ?8
WHERE ?8 IS NOT NULL
ON CONFLICT (version) DO UPDATE
SET checksum = excluded.checksum,
    text = excluded.text;
INSERT INTO packwright_migration_log
    (action, version, description, outcome, statements, nanoseconds, detail, actor, host, process, tool_version)
VALUES (?9, ?1, ?2, 'done', ?6, ?4, '', ?10, ?11, ?12, ?7);
