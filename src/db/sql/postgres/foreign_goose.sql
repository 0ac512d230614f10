-- Older versions of goose add a row for every way; the last one counts.
SELECT CAST(version_id AS TEXT), is_applied, FALSE
FROM goose_db_version
ORDER BY id;
