-- `hidden`: 1 is a column of a virtual table that is not shown, 2 is generated on reading, 3 is generated and stored.
SELECT list.name, column.name, column.type, column."notnull", column.dflt_value, column.pk, column.hidden
FROM pragma_table_list AS list
JOIN pragma_table_xinfo(list.name) AS column
WHERE list.schema = 'main' AND list.type <> 'shadow' AND list.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND column.hidden <> 1
ORDER BY list.name, column.cid;
