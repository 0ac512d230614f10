-- What stands beside the row of the history, all at once. Every change of the schema has these read anew, so they are kept simple.
-- The fourth value is how long the file took, in nanoseconds.
UPDATE _sqlx_migrations
SET execution_time = ?4
WHERE version = ?1;
INSERT OR REPLACE INTO packwright_migrations
    (version, checksum, semantic_checksum, statements, statements_done, in_doubt, tool_version)
VALUES (?1, ?3, ?5, ?6, ?6, FALSE, ?7);
INSERT OR REPLACE INTO packwright_migration_texts (version, checksum, text)
SELECT ?1, ?3, ?8
WHERE ?8 IS NOT NULL;
INSERT INTO packwright_migration_log
    (action, version, description, outcome, statements, nanoseconds, detail, actor, host, process, tool_version)
VALUES (?9, ?1, ?2, 'done', ?6, ?4, '', ?10, ?11, ?12, ?7);
