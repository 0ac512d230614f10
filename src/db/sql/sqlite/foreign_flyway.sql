-- Repeatable migrations have no version. What was undone has a later row that says so.
SELECT version, type NOT LIKE 'UNDO%', NOT success
FROM flyway_schema_history
WHERE version IS NOT NULL
ORDER BY installed_rank;
