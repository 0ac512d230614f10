SELECT list.name, (SELECT json_group_array(info.name) FROM pragma_index_info(list.name) AS info)
FROM pragma_index_list($1) AS list
WHERE list."unique" AND NOT list.partial AND list.origin <> 'pk'
    AND NOT EXISTS (SELECT 1 FROM pragma_index_info(list.name) AS info WHERE info.name IS NULL)
ORDER BY list.name
