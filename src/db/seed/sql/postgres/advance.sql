SELECT setval($1::text::regclass, newest.value)
FROM (SELECT max(live.the_key)::bigint AS value FROM the_table AS live) AS newest
WHERE newest.value > coalesce((SELECT sequence.last_value FROM pg_sequences AS sequence WHERE format('%I.%I', sequence.schemaname, sequence.sequencename)::regclass = $1::text::regclass), 0)
