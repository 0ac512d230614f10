-- The last value of every sequence, and the column it belongs to.
SELECT namespace.nspname::text,
       sequence.relname::text,
       CASE WHEN owner.oid IS NOT NULL THEN format('%I.%I', table_namespace.nspname, owner.relname) END,
       attribute.attname::text,
       coalesce(pg_sequence_last_value(sequence.oid), settings.seqstart),
       pg_sequence_last_value(sequence.oid) IS NOT NULL
FROM pg_class AS sequence
JOIN pg_namespace AS namespace ON namespace.oid = sequence.relnamespace
JOIN pg_sequence AS settings ON settings.seqrelid = sequence.oid
LEFT JOIN pg_depend AS depend
    ON depend.classid = 'pg_class'::regclass
    AND depend.objid = sequence.oid
    AND depend.refclassid = 'pg_class'::regclass
    AND depend.refobjsubid > 0
    AND depend.deptype IN ('a', 'i')
LEFT JOIN pg_class AS owner ON owner.oid = depend.refobjid
LEFT JOIN pg_namespace AS table_namespace ON table_namespace.oid = owner.relnamespace
LEFT JOIN pg_attribute AS attribute ON attribute.attrelid = owner.oid AND attribute.attnum = depend.refobjsubid
WHERE sequence.relkind = 'S'
  AND namespace.nspname !~ '^pg_'
  AND sequence.relname !~ '^packwright_'
  AND pg_get_userbyid(namespace.nspowner)::text !~ '^(supabase_|rds|cloudsql|azure_|neon_superuser)'
ORDER BY 1, 2;
