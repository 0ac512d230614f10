-- Tables and views; the composite types too, for their columns are read alike.
SELECT class.oid::bigint,
       namespace.nspname::text,
       class.relname::text,
       class.relkind::text,
       parent_namespace.nspname::text,
       parent.relname::text,
       pg_relation_is_updatable(class.oid, false) & 12 = 12,
       pg_get_userbyid(namespace.nspowner)::text ~ '^(supabase_|rds|cloudsql|azure_|neon_superuser)',
       class.relrowsecurity,
       description.description
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
LEFT JOIN pg_inherits AS inherits ON class.relispartition AND inherits.inhrelid = class.oid
LEFT JOIN pg_class AS parent ON parent.oid = inherits.inhparent
LEFT JOIN pg_namespace AS parent_namespace ON parent_namespace.oid = parent.relnamespace
LEFT JOIN pg_description AS description
    ON description.objoid = class.oid AND description.classoid = 'pg_class'::regclass AND description.objsubid = 0
WHERE class.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
  AND (class.relkind = 'c' OR NOT EXISTS (
      SELECT 1
      FROM pg_depend AS depend
      WHERE depend.classid = 'pg_class'::regclass AND depend.objid = class.oid AND depend.deptype = 'e'
  ));
