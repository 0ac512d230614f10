SELECT CASE routine.prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate ' ELSE 'function ' END
           || routine.oid::regprocedure::text,
       parts.part,
       parts.text
FROM pg_proc AS routine
JOIN pg_namespace AS namespace ON namespace.oid = routine.pronamespace
LEFT JOIN pg_aggregate AS aggregate ON aggregate.aggfnoid = routine.oid
CROSS JOIN LATERAL (VALUES
    ('owner', pg_get_userbyid(routine.proowner)::text),
    ('definition', CASE
        WHEN routine.prokind <> 'a' THEN pg_get_functiondef(routine.oid)
        ELSE 'returns ' || pg_get_function_result(routine.oid)
            || ' from ' || aggregate.aggtransfn::regprocedure::text
            || ' state ' || format_type(aggregate.aggtranstype, NULL)
            || coalesce(' initially ' || quote_literal(aggregate.agginitval), '')
            || CASE WHEN aggregate.aggfinalfn <> 0 THEN ' finally ' || aggregate.aggfinalfn::regprocedure::text ELSE '' END
    END)
) AS parts (part, text)
WHERE parts.text IS NOT NULL
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT 1
      FROM pg_depend AS depend
      WHERE depend.classid = 'pg_proc'::regclass AND depend.objid = routine.oid AND depend.deptype IN ('e', 'i')
  );
