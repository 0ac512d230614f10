SELECT name, upper(type), pk, hidden FROM pragma_table_xinfo($1) WHERE hidden <> 1 ORDER BY cid
