CREATE TABLE IF NOT EXISTS packwright_migrations (
    version BIGINT PRIMARY KEY,
    checksum BLOB NOT NULL,
    semantic_checksum BLOB NOT NULL,
    statements BIGINT NOT NULL,
    statements_done BIGINT NOT NULL,
    in_doubt BOOLEAN NOT NULL,
    tool_version TEXT NOT NULL
);
