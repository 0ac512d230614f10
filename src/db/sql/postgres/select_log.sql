SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       action,
       version,
       description,
       outcome,
       statements,
       nanoseconds,
       detail,
       actor,
       host,
       process,
       tool_version
FROM packwright_migration_log
ORDER BY id DESC
LIMIT $1;
