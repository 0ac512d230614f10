SELECT count(*) FROM main.sqlite_schema WHERE name = 'packwright_copy';
