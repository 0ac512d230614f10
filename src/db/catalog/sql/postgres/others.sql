-- Comments, and by name what is rarely made: casts, operators, publications, text search and foreign data.
SELECT 'comment on ' || object.type || ' ' || object.identity, 'comment', description.description
FROM pg_description AS description
CROSS JOIN LATERAL pg_identify_object(description.classoid, description.objoid, description.objsubid) AS object
WHERE (description.objoid >= 16384 OR object.identity = 'public' AND object.type = 'schema')
  -- The schema public has a comment from the start; a restored one is made anew and has it by another hand.
  AND NOT (object.identity = 'public' AND object.type = 'schema' AND description.description = 'standard public schema')
  AND object.identity IS NOT NULL
  AND coalesce(object.schema, '') !~ '^pg_'
  AND NOT EXISTS (
      SELECT 1
      FROM pg_depend AS depend
      WHERE depend.classid = description.classoid AND depend.objid = description.objoid AND depend.deptype = 'e'
  )
UNION ALL
SELECT 'publication ' || quote_ident(publication.pubname),
       'tables',
       CASE WHEN publication.puballtables THEN 'all' ELSE coalesce((
           SELECT string_agg(member.prrelid::regclass::text, ', ' ORDER BY 1)
           FROM pg_publication_rel AS member
           WHERE member.prpubid = publication.oid
       ), 'none') END
FROM pg_publication AS publication
UNION ALL
SELECT 'event trigger ' || quote_ident(trigger.evtname),
       'definition',
       'on ' || trigger.evtevent || ' execute ' || trigger.evtfoid::regprocedure::text
           || coalesce(' when tag in ' || array_to_string(trigger.evttags, ', '), '')
           || CASE trigger.evtenabled WHEN 'D' THEN ' DISABLED' ELSE '' END
FROM pg_event_trigger AS trigger
UNION ALL
SELECT object.type || ' ' || object.identity, 'exists', 'yes'
FROM (
    SELECT 'pg_cast'::regclass AS catalog, oid FROM pg_cast
    UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator
    UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass
    UNION ALL SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily
    UNION ALL SELECT 'pg_collation'::regclass, oid FROM pg_collation
    UNION ALL SELECT 'pg_conversion'::regclass, oid FROM pg_conversion
    UNION ALL SELECT 'pg_ts_config'::regclass, oid FROM pg_ts_config
    UNION ALL SELECT 'pg_ts_dict'::regclass, oid FROM pg_ts_dict
    UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server
    UNION ALL SELECT 'pg_language'::regclass, oid FROM pg_language
) AS made
CROSS JOIN LATERAL pg_identify_object(made.catalog, made.oid, 0) AS object
WHERE made.oid >= 16384
  AND NOT EXISTS (
      SELECT 1
      FROM pg_depend AS depend
      WHERE depend.classid = made.catalog AND depend.objid = made.oid AND depend.deptype IN ('e', 'i')
  );
