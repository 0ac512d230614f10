-- Enums, domains and composite types; those of extensions too, for a column may have one.
SELECT namespace.nspname::text,
       type.typname::text,
       type.typtype::text,
       ARRAY(
           SELECT label.enumlabel::text FROM pg_enum AS label WHERE label.enumtypid = type.oid ORDER BY label.enumsortorder
       ),
       type.typrelid::bigint,
       coalesce(below_namespace.nspname::text, ''),
       coalesce(below.typname::text, ''),
       element.oid IS NOT NULL,
       type.typnotnull,
       EXISTS (
           SELECT 1
           FROM pg_depend AS depend
           WHERE depend.classid = 'pg_type'::regclass AND depend.objid = type.oid AND depend.deptype = 'e'
       ),
       description.description
FROM pg_type AS type
JOIN pg_namespace AS namespace ON namespace.oid = type.typnamespace
LEFT JOIN pg_class AS class ON class.oid = type.typrelid
LEFT JOIN pg_type AS whole ON whole.oid = nullif(type.typbasetype, 0)
LEFT JOIN pg_type AS element ON whole.typcategory = 'A' AND whole.typtype = 'b' AND element.oid = whole.typelem
LEFT JOIN pg_type AS below ON below.oid = coalesce(element.oid, whole.oid)
LEFT JOIN pg_namespace AS below_namespace ON below_namespace.oid = below.typnamespace
LEFT JOIN pg_description AS description
    ON description.objoid = type.oid AND description.classoid = 'pg_type'::regclass AND description.objsubid = 0
WHERE type.typtype IN ('e', 'd', 'c')
  AND (type.typtype <> 'c' OR class.relkind = 'c')
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema';
