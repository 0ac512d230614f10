SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'),
       EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'packwright_migrations'),
       FALSE,
       EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'packwright_migration_undo'),
       EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'packwright_migration_texts'),
       EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'packwright_migration_log');
