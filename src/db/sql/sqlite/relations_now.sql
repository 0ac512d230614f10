SELECT name, rootpage
FROM sqlite_schema
WHERE type = 'table'
  AND rootpage > 0;
