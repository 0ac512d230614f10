-- Whether an index of this name stands on this table, and whether it is whole.
SELECT quote_ident(namespace.nspname) || '.' || quote_ident(class.relname),
       index.indisvalid
FROM pg_index AS index
JOIN pg_class AS class ON class.oid = index.indexrelid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE index.indrelid = to_regclass($1)
  AND class.relname = (parse_ident($2))[1];
