SELECT version, checksum, semantic_checksum, statements, statements_done, in_doubt
FROM packwright_migration_undo
ORDER BY version;
