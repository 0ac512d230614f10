-- Functions that a client can call by name: no procedures, aggregates, triggers, and none of an extension.
SELECT namespace.nspname::text,
       routine.proname::text,
       ARRAY(
           SELECT coalesce(routine.proargnames[place.number], '')
           FROM generate_series(1, coalesce(cardinality(routine.proallargtypes), routine.pronargs::int4)) AS place (number)
       ),
       ARRAY(
           SELECT coalesce(routine.proargmodes[place.number], 'i')::text
           FROM generate_series(1, coalesce(cardinality(routine.proallargtypes), routine.pronargs::int4)) AS place (number)
       ),
       ARRAY(
           SELECT jsonb_build_array(type_namespace.nspname, type.typname, element.oid IS NOT NULL)::text
           FROM unnest(array_append(coalesce(routine.proallargtypes, routine.proargtypes::oid[]), routine.prorettype))
               WITH ORDINALITY AS given (oid, place)
           JOIN pg_type AS whole ON whole.oid = given.oid
           LEFT JOIN pg_type AS element ON whole.typcategory = 'A' AND whole.typtype = 'b' AND element.oid = whole.typelem
           JOIN pg_type AS type ON type.oid = coalesce(element.oid, whole.oid)
           JOIN pg_namespace AS type_namespace ON type_namespace.oid = type.typnamespace
           ORDER BY given.place
       ),
       routine.pronargdefaults::int4,
       routine.proretset
FROM pg_proc AS routine
JOIN pg_namespace AS namespace ON namespace.oid = routine.pronamespace
WHERE routine.prokind = 'f'
  AND routine.prorettype NOT IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT 1
      FROM pg_depend AS depend
      WHERE depend.classid = 'pg_proc'::regclass AND depend.objid = routine.oid AND depend.deptype IN ('e', 'i')
  );
