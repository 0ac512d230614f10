-- The newest version only; what is below it is applied too.
SELECT CAST(version AS TEXT), TRUE, dirty
FROM schema_migrations;
