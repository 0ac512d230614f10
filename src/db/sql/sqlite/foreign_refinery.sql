SELECT CAST(version AS TEXT), TRUE, FALSE
FROM refinery_schema_history
ORDER BY version;
