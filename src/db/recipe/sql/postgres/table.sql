SELECT relation.relkind::text,
    relation.relrowsecurity,
    format_type(attribute.atttypid, attribute.atttypmod),
    coalesce(attribute.attnotnull, false),
    EXISTS (
        SELECT FROM pg_index AS index
        WHERE index.indrelid = relation.oid AND index.indisvalid AND index.indpred IS NULL
            AND index.indkey[0] = attribute.attnum
    ),
    (SELECT array_agg(policy.polname::text ORDER BY policy.polname) FROM pg_policy AS policy WHERE policy.polrelid = relation.oid)
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
LEFT JOIN pg_attribute AS attribute
    ON attribute.attrelid = relation.oid AND attribute.attname = $3 AND NOT attribute.attisdropped AND attribute.attnum > 0
WHERE namespace.nspname = $1 AND relation.relname = $2
