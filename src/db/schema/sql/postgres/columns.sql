SELECT attribute.attrelid::bigint,
       attribute.attname::text,
       format_type(attribute.atttypid, attribute.atttypmod),
       type_namespace.nspname::text,
       type.typname::text,
       element.oid IS NOT NULL,
       attribute.attnotnull,
       pg_get_expr(value.adbin, value.adrelid),
       attribute.attidentity::text || attribute.attgenerated::text,
       description.description
FROM pg_attribute AS attribute
JOIN pg_class AS class ON class.oid = attribute.attrelid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
JOIN pg_type AS whole ON whole.oid = attribute.atttypid
LEFT JOIN pg_type AS element ON whole.typcategory = 'A' AND whole.typtype = 'b' AND element.oid = whole.typelem
JOIN pg_type AS type ON type.oid = coalesce(element.oid, whole.oid)
JOIN pg_namespace AS type_namespace ON type_namespace.oid = type.typnamespace
LEFT JOIN pg_attrdef AS value ON value.adrelid = attribute.attrelid AND value.adnum = attribute.attnum
LEFT JOIN pg_description AS description
    ON description.objoid = attribute.attrelid
    AND description.classoid = 'pg_class'::regclass
    AND description.objsubid = attribute.attnum
WHERE class.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
  AND attribute.attnum > 0
  AND NOT attribute.attisdropped
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
ORDER BY attribute.attrelid, attribute.attnum;
