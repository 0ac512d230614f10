-- Enums, domains and ranges. The attributes of composite types are read with the columns of tables.
SELECT CASE type.typtype WHEN 'd' THEN 'domain ' ELSE 'type ' END || type.oid::regtype::text, parts.part, parts.text
FROM pg_type AS type
JOIN pg_namespace AS namespace ON namespace.oid = type.typnamespace
LEFT JOIN pg_range AS range ON range.rngtypid = type.oid
CROSS JOIN LATERAL (
    VALUES
        ('owner', pg_get_userbyid(type.typowner)::text),
        ('values', CASE type.typtype WHEN 'e' THEN (
            SELECT string_agg(quote_literal(label.enumlabel), ', ' ORDER BY label.enumsortorder)
            FROM pg_enum AS label
            WHERE label.enumtypid = type.oid
        ) END),
        ('domain', CASE type.typtype WHEN 'd' THEN
            format_type(type.typbasetype, type.typtypmod)
                || CASE WHEN type.typnotnull THEN ' not null' ELSE '' END
                || coalesce(' default ' || type.typdefault, '')
        END),
        ('range of', format_type(range.rngsubtype, NULL))
    UNION ALL
    SELECT 'constraint ' || quote_ident(constr.conname), pg_get_constraintdef(constr.oid)
    FROM pg_constraint AS constr
    WHERE constr.contypid = type.oid AND constr.contype <> 'n'
) AS parts (part, text)
WHERE (type.typtype IN ('d', 'e', 'r')
       OR type.typtype = 'c'
          AND (SELECT class.relkind FROM pg_class AS class WHERE class.oid = type.typrelid) = 'c')
  AND parts.text IS NOT NULL
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT 1
      FROM pg_depend AS depend
      WHERE depend.classid = 'pg_type'::regclass AND depend.objid = type.oid AND depend.deptype = 'e'
  );
