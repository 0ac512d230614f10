-- What hangs on a table or view: constraints, indexes, triggers, policies, rules. Not-null constraints stand with their column.
SELECT CASE class.relkind
           WHEN 'v' THEN 'view '
           WHEN 'm' THEN 'materialized view '
           WHEN 'f' THEN 'foreign table '
           ELSE 'table '
       END || class.oid::regclass::text,
       hanging.part,
       hanging.text
FROM (
    SELECT constr.conrelid AS relation,
           'constraint ' || quote_ident(constr.conname) AS part,
           pg_get_constraintdef(constr.oid) AS text
    FROM pg_constraint AS constr
    WHERE constr.conrelid <> 0 AND constr.contype NOT IN ('n', 't')
    UNION ALL
    SELECT index.indrelid,
           'index ' || quote_ident(name.relname),
           pg_get_indexdef(index.indexrelid)
               || CASE WHEN index.indisvalid THEN '' ELSE ' INVALID' END
               || CASE WHEN index.indisclustered THEN ' CLUSTERED' ELSE '' END
               || CASE WHEN index.indisreplident THEN ' REPLICA IDENTITY' ELSE '' END
    FROM pg_index AS index
    JOIN pg_class AS name ON name.oid = index.indexrelid
    WHERE NOT EXISTS (
        SELECT 1 FROM pg_constraint AS constr WHERE constr.conindid = index.indexrelid AND constr.contype IN ('p', 'u', 'x')
    )
    UNION ALL
    SELECT trigger.tgrelid,
           'trigger ' || quote_ident(trigger.tgname),
           pg_get_triggerdef(trigger.oid)
               || CASE trigger.tgenabled WHEN 'D' THEN ' DISABLED' WHEN 'R' THEN ' REPLICA' WHEN 'A' THEN ' ALWAYS' ELSE '' END
    FROM pg_trigger AS trigger
    WHERE NOT trigger.tgisinternal
    UNION ALL
    SELECT policy.polrelid,
           'policy ' || quote_ident(policy.polname),
           CASE WHEN policy.polpermissive THEN 'permissive' ELSE 'restrictive' END
               || ' for ' || CASE policy.polcmd
                   WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all'
               END
               || ' to ' || (
                   SELECT string_agg(CASE role.oid WHEN 0 THEN 'public' ELSE pg_get_userbyid(role.oid)::text END, ', ' ORDER BY 1)
                   FROM unnest(policy.polroles) AS role (oid)
               )
               || coalesce(' using (' || pg_get_expr(policy.polqual, policy.polrelid) || ')', '')
               || coalesce(' with check (' || pg_get_expr(policy.polwithcheck, policy.polrelid) || ')', '')
    FROM pg_policy AS policy
    UNION ALL
    SELECT rule.ev_class, 'rule ' || quote_ident(rule.rulename), pg_get_ruledef(rule.oid)
    FROM pg_rewrite AS rule
    WHERE rule.rulename <> '_RETURN'
    UNION ALL
    SELECT statistics.stxrelid, 'statistics ' || quote_ident(statistics.stxname), pg_get_statisticsobjdef(statistics.oid)
    FROM pg_statistic_ext AS statistics
) AS hanging
JOIN pg_class AS class ON class.oid = hanging.relation
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT 1
      FROM pg_depend AS depend
      WHERE depend.classid = 'pg_class'::regclass AND depend.objid = class.oid AND depend.deptype = 'e'
  );
