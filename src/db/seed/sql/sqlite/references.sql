SELECT DISTINCT "table" FROM pragma_foreign_key_list($1) ORDER BY 1
