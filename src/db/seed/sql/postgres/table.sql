SELECT relation.oid::regclass::text, relation.relkind::text
FROM pg_class AS relation
WHERE relation.oid = to_regclass($1)
