SELECT 'schema ' || quote_ident(namespace.nspname), parts.part, parts.text
FROM pg_namespace AS namespace
CROSS JOIN LATERAL (VALUES ('owner', pg_get_userbyid(namespace.nspowner)::text)) AS parts (part, text)
WHERE namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
UNION ALL
SELECT 'extension ' || quote_ident(extension.extname), parts.part, parts.text
FROM pg_extension AS extension
CROSS JOIN LATERAL (VALUES
    ('version', extension.extversion),
    ('schema', extension.extnamespace::regnamespace::text)
) AS parts (part, text);
