SELECT list.name, key.id, key."table", key."from", key."to", lower(key.on_delete)
FROM pragma_table_list AS list
JOIN pragma_foreign_key_list(list.name) AS key
WHERE list.schema = 'main' AND list.type = 'table' AND list.name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY list.name, key.id DESC, key.seq;
