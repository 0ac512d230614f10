SELECT at,
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
LIMIT ?1;
