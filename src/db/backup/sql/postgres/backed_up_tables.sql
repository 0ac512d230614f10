-- Tables whose rows pg_dump writes; what an extension brought is the extension's.
SELECT namespace.nspname::text, class.relname::text
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind = 'r'
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT 1
      FROM pg_catalog.pg_depend AS depend
      WHERE depend.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND depend.objid = class.oid
        AND depend.deptype = 'e'
  )
ORDER BY 1, 2;
