-- What is granted to anyone but the owner, written out even where it is the default.
SELECT granted.object,
       'grant ' || granted.column_name || 'to '
           || CASE entry.grantee WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(entry.grantee)) END,
       string_agg(
           lower(entry.privilege_type) || CASE WHEN entry.is_grantable THEN ' with grant option' ELSE '' END,
           ', ' ORDER BY entry.privilege_type
       )
FROM (
    SELECT CASE class.relkind
               WHEN 'v' THEN 'view '
               WHEN 'm' THEN 'materialized view '
               WHEN 'f' THEN 'foreign table '
               WHEN 'S' THEN 'sequence '
               ELSE 'table '
           END || class.oid::regclass::text AS object,
           '' AS column_name,
           class.relowner AS owner,
           coalesce(class.relacl, acldefault(CASE class.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", class.relowner)) AS acl,
           class.relnamespace AS namespace,
           'pg_class'::regclass AS catalog,
           class.oid AS oid
    FROM pg_class AS class
    WHERE class.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    UNION ALL
    SELECT CASE class.relkind
               WHEN 'v' THEN 'view '
               WHEN 'm' THEN 'materialized view '
               WHEN 'f' THEN 'foreign table '
               ELSE 'table '
           END || class.oid::regclass::text,
           'on column ' || quote_ident(attribute.attname) || ' ',
           class.relowner,
           attribute.attacl,
           class.relnamespace,
           'pg_class'::regclass,
           class.oid
    FROM pg_attribute AS attribute
    JOIN pg_class AS class ON class.oid = attribute.attrelid
    WHERE attribute.attacl IS NOT NULL AND NOT attribute.attisdropped
    UNION ALL
    SELECT CASE routine.prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate ' ELSE 'function ' END
               || routine.oid::regprocedure::text,
           '',
           routine.proowner,
           coalesce(routine.proacl, acldefault('f', routine.proowner)),
           routine.pronamespace,
           'pg_proc'::regclass,
           routine.oid
    FROM pg_proc AS routine
    WHERE routine.oid >= 16384
    UNION ALL
    SELECT CASE type.typtype WHEN 'd' THEN 'domain ' ELSE 'type ' END || type.oid::regtype::text,
           '',
           type.typowner,
           coalesce(type.typacl, acldefault('T', type.typowner)),
           type.typnamespace,
           'pg_type'::regclass,
           type.oid
    FROM pg_type AS type
    WHERE type.typtype IN ('d', 'e', 'r')
    UNION ALL
    SELECT 'schema ' || quote_ident(namespace.nspname),
           '',
           namespace.nspowner,
           coalesce(namespace.nspacl, acldefault('n', namespace.nspowner)),
           namespace.oid,
           'pg_namespace'::regclass,
           namespace.oid
    FROM pg_namespace AS namespace
) AS granted
JOIN pg_namespace AS namespace ON namespace.oid = granted.namespace
CROSS JOIN LATERAL aclexplode(granted.acl) AS entry
WHERE entry.grantee <> granted.owner
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT 1
      FROM pg_depend AS depend
      WHERE depend.classid = granted.catalog AND depend.objid = granted.oid AND depend.deptype = 'e'
  )
GROUP BY granted.object, granted.column_name, entry.grantee
UNION ALL
SELECT 'default privileges of ' || quote_ident(pg_get_userbyid(standard.defaclrole))
           || coalesce(' in schema ' || quote_ident(namespace.nspname), ''),
       CASE standard.defaclobjtype
           WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
           WHEN 'n' THEN 'schemas' ELSE 'large objects'
       END,
       array_to_string(standard.defaclacl, ', ')
FROM pg_default_acl AS standard
LEFT JOIN pg_namespace AS namespace ON namespace.oid = standard.defaclnamespace;
