INSERT INTO packwright_migration_undo
    (version, checksum, semantic_checksum, statements, statements_done, in_doubt, tool_version)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (version) DO UPDATE
SET checksum = excluded.checksum,
    semantic_checksum = excluded.semantic_checksum,
    statements = excluded.statements,
    statements_done = excluded.statements_done,
    in_doubt = excluded.in_doubt,
    tool_version = excluded.tool_version;
