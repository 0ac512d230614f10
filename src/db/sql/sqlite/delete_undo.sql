DELETE FROM packwright_migration_undo
WHERE version = ?1;
