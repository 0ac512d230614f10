SELECT checksum, text
FROM packwright_migration_texts
WHERE version = ?1;
