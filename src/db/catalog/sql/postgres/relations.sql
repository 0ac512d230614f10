-- Tables, views and sequences: what is said of each as a whole.
SELECT CASE class.relkind
           WHEN 'v' THEN 'view '
           WHEN 'm' THEN 'materialized view '
           WHEN 'f' THEN 'foreign table '
           WHEN 'S' THEN 'sequence '
           ELSE 'table '
       END || class.oid::regclass::text,
       parts.part,
       parts.text
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
LEFT JOIN pg_sequence AS sequence ON sequence.seqrelid = class.oid
LEFT JOIN pg_foreign_table AS foreign_table ON foreign_table.ftrelid = class.oid
CROSS JOIN LATERAL (VALUES
    ('owner', pg_get_userbyid(class.relowner)::text),
    ('persistence', CASE class.relpersistence WHEN 'u' THEN 'unlogged' END),
    ('options', array_to_string(class.reloptions, ', ')),
    ('row security', CASE
        WHEN class.relrowsecurity AND class.relforcerowsecurity THEN 'enabled and forced'
        WHEN class.relrowsecurity THEN 'enabled'
        WHEN class.relforcerowsecurity THEN 'forced, not enabled'
    END),
    ('partition by', CASE class.relkind WHEN 'p' THEN pg_get_partkeydef(class.oid) END),
    ('partition of', CASE WHEN class.relispartition THEN (
        SELECT inherits.inhparent::regclass::text || ' ' || pg_get_expr(class.relpartbound, class.oid)
        FROM pg_inherits AS inherits
        WHERE inherits.inhrelid = class.oid
        LIMIT 1
    ) END),
    ('inherits', CASE WHEN NOT class.relispartition THEN (
        SELECT string_agg(inherits.inhparent::regclass::text, ', ' ORDER BY inherits.inhseqno)
        FROM pg_inherits AS inherits
        WHERE inherits.inhrelid = class.oid
    ) END),
    ('of type', CASE WHEN class.reloftype <> 0 THEN class.reloftype::regtype::text END),
    ('replica identity', CASE WHEN class.relkind IN ('r', 'p') THEN
        CASE class.relreplident WHEN 'f' THEN 'full' WHEN 'n' THEN 'nothing' WHEN 'i' THEN 'index' END
    END),
    ('definition', CASE WHEN class.relkind IN ('v', 'm') THEN pg_get_viewdef(class.oid) END),
    ('populated', CASE WHEN class.relkind = 'm' AND NOT class.relispopulated THEN 'no' END),
    ('server', (SELECT server.srvname::text FROM pg_foreign_server AS server WHERE server.oid = foreign_table.ftserver)),
    ('foreign options', array_to_string(foreign_table.ftoptions, ', ')),
    ('sequence', 'as ' || format_type(sequence.seqtypid, NULL)
        || ' start ' || sequence.seqstart
        || ' increment ' || sequence.seqincrement
        || ' from ' || sequence.seqmin || ' to ' || sequence.seqmax
        || ' cache ' || sequence.seqcache
        || CASE WHEN sequence.seqcycle THEN ' cycle' ELSE '' END),
    ('owned by', CASE class.relkind WHEN 'S' THEN (
        SELECT depend.refobjid::regclass::text || '.' || quote_ident(attribute.attname)
        FROM pg_depend AS depend
        JOIN pg_attribute AS attribute
          ON attribute.attrelid = depend.refobjid AND attribute.attnum = depend.refobjsubid
        WHERE depend.classid = 'pg_class'::regclass
          AND depend.objid = class.oid
          AND depend.refclassid = 'pg_class'::regclass
          AND depend.deptype IN ('a', 'i')
        LIMIT 1
    ) END),
    ('column order', CASE WHEN class.relkind IN ('r', 'p', 'f') THEN (
        SELECT string_agg(quote_ident(attribute.attname), ', ' ORDER BY attribute.attnum)
        FROM pg_attribute AS attribute
        WHERE attribute.attrelid = class.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
    ) END)
) AS parts (part, text)
WHERE class.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
  AND parts.text IS NOT NULL
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT 1
      FROM pg_depend AS depend
      WHERE depend.classid = 'pg_class'::regclass AND depend.objid = class.oid AND depend.deptype = 'e'
  );
