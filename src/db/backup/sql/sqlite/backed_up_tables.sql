-- Virtual tables have their rows in tables of their own, which are listed too.
SELECT name
FROM pragma_table_list
WHERE schema = 'main'
  AND type IN ('table', 'shadow')
  AND name NOT IN ('sqlite_schema', 'sqlite_sequence')
ORDER BY name;
