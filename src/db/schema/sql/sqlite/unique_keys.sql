-- An expression has no name, so an index with one is told by a NULL.
SELECT list.name, part.name, field.name
FROM pragma_table_list AS list
JOIN pragma_index_list(list.name) AS part
JOIN pragma_index_info(part.name) AS field
WHERE list.schema = 'main'
  AND list.type = 'table'
  AND list.name NOT LIKE 'sqlite\_%' ESCAPE '\'
  AND part."unique"
  AND NOT part.partial
  AND part.origin <> 'pk'
ORDER BY list.name, part.name, field.seqno;
