-- Primary and unique keys (whole, valid indexes on columns), foreign keys, and checks that hold for every row.
SELECT index.indrelid::bigint,
       name.relname::text,
       CASE WHEN index.indisprimary THEN 'p' ELSE 'u' END,
       ARRAY(
           SELECT attribute.attname::text
           FROM unnest(index.indkey::int2[]) WITH ORDINALITY AS key (number, place)
           JOIN pg_attribute AS attribute ON attribute.attrelid = index.indrelid AND attribute.attnum = key.number
           WHERE key.place <= index.indnkeyatts
           ORDER BY key.place
       ),
       NULL,
       NULL,
       ARRAY[]::text[],
       '',
       ''
FROM pg_index AS index
JOIN pg_class AS name ON name.oid = index.indexrelid
JOIN pg_namespace AS namespace ON namespace.oid = name.relnamespace
WHERE index.indisunique
  AND index.indisvalid
  AND index.indpred IS NULL
  AND index.indexprs IS NULL
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
UNION ALL
SELECT constr.conrelid::bigint,
       constr.conname::text,
       constr.contype::text,
       ARRAY(
           SELECT attribute.attname::text
           FROM unnest(constr.conkey) WITH ORDINALITY AS key (number, place)
           JOIN pg_attribute AS attribute ON attribute.attrelid = constr.conrelid AND attribute.attnum = key.number
           ORDER BY key.place
       ),
       target_namespace.nspname::text,
       target.relname::text,
       ARRAY(
           SELECT attribute.attname::text
           FROM unnest(constr.confkey) WITH ORDINALITY AS key (number, place)
           JOIN pg_attribute AS attribute ON attribute.attrelid = constr.confrelid AND attribute.attnum = key.number
           ORDER BY key.place
       ),
       CASE constr.confdeltype
           WHEN 'r' THEN 'restrict'
           WHEN 'c' THEN 'cascade'
           WHEN 'n' THEN 'set null'
           WHEN 'd' THEN 'set default'
           ELSE ''
       END,
       CASE WHEN constr.contype = 'c' THEN pg_get_constraintdef(constr.oid) ELSE '' END
FROM pg_constraint AS constr
JOIN pg_namespace AS namespace ON namespace.oid = constr.connamespace
LEFT JOIN pg_class AS target ON target.oid = constr.confrelid
LEFT JOIN pg_namespace AS target_namespace ON target_namespace.oid = target.relnamespace
WHERE constr.conrelid <> 0
  AND constr.conparentid = 0
  AND (constr.contype = 'f' OR constr.contype = 'c' AND constr.convalidated)
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema';
