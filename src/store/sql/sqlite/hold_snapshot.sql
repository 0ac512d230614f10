-- The transaction begins with the first read.
BEGIN;
SELECT count(*) FROM sqlite_schema;
