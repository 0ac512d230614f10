DELETE FROM packwright_migrations
WHERE version = ?1;
