SELECT list.name, list.type, list.wr, list.strict, coalesce(object.sql, '')
FROM pragma_table_list AS list
JOIN sqlite_schema AS object ON object.name = list.name AND object.type IN ('table', 'view')
WHERE list.schema = 'main' AND list.type <> 'shadow' AND list.name NOT LIKE 'sqlite\_%' ESCAPE '\';
