SELECT setval(named.sequence, $5::bigint, $6::boolean)
FROM (
    SELECT coalesce(
        CASE WHEN to_regclass($3::text) IS NOT NULL AND $4::text IS NOT NULL THEN pg_get_serial_sequence($3, $4)::regclass END,
        to_regclass(format('%I.%I', $1::text, $2::text))
    ) AS sequence
) AS named
WHERE named.sequence IS NOT NULL;
