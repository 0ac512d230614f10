INSERT INTO packwright_jobs
    (kind, payload, state, priority, unique_key, max_attempts, backoff, backoff_limit, run_at, enqueued_at)
SELECT
    value ->> 'kind',
    value ->> 'payload',
    CASE WHEN value ->> 'delay' > 0 THEN 'delayed' ELSE 'ready' END,
    value ->> 'priority',
    value ->> 'key',
    value ->> 'max_attempts',
    value ->> 'backoff',
    value ->> 'backoff_limit',
    CAST(unixepoch('subsec') * 1000 AS INTEGER) + (value ->> 'delay'),
    CAST(unixepoch('subsec') * 1000 AS INTEGER)
FROM json_each(?1)
WHERE TRUE
ORDER BY key
ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND state IN ('delayed', 'ready', 'running') DO NOTHING
RETURNING id, unique_key;
