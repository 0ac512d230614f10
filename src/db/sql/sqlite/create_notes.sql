CREATE TABLE IF NOT EXISTS packwright_migrations (
    version INTEGER PRIMARY KEY,
    checksum BLOB NOT NULL,
    semantic_checksum BLOB NOT NULL,
    statements BIGINT NOT NULL,
    statements_done BIGINT NOT NULL,
    in_doubt BOOLEAN NOT NULL,
    tool_version TEXT NOT NULL
);
-- How far a file that undoes a version without transaction got.
CREATE TABLE IF NOT EXISTS packwright_migration_undo (
    version INTEGER PRIMARY KEY,
    checksum BLOB NOT NULL,
    semantic_checksum BLOB NOT NULL,
    statements BIGINT NOT NULL,
    statements_done BIGINT NOT NULL,
    in_doubt BOOLEAN NOT NULL,
    tool_version TEXT NOT NULL
);
-- What was applied, word for word, so that an edited file can be shown beside it.
CREATE TABLE IF NOT EXISTS packwright_migration_texts (
    version INTEGER PRIMARY KEY,
    checksum BLOB NOT NULL,
    text TEXT NOT NULL
);
-- What was done to this database, by whom and with what; rows are only added.
CREATE TABLE IF NOT EXISTS packwright_migration_log (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    action TEXT NOT NULL,
    version BIGINT NOT NULL,
    description TEXT NOT NULL,
    outcome TEXT NOT NULL,
    statements BIGINT NOT NULL,
    nanoseconds BIGINT NOT NULL,
    detail TEXT NOT NULL,
    actor TEXT NOT NULL,
    host TEXT NOT NULL,
    process BIGINT NOT NULL,
    tool_version TEXT NOT NULL
);
