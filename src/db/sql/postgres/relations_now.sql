-- Which file each table, materialized view and index lies in; a rewrite gives it another.
SELECT class.oid::bigint,
       quote_ident(namespace.nspname) || '.' || quote_ident(class.relname),
       class.relkind::text,
       coalesce(pg_relation_filenode(class.oid), 0)::bigint
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind IN ('r', 'p', 'm', 'i')
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema';
