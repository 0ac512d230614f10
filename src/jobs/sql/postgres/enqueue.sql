INSERT INTO packwright_jobs
    (kind, payload, state, priority, unique_key, max_attempts, backoff, backoff_limit, run_at, enqueued_at)
SELECT
    given.kind,
    given.payload::JSON,
    CASE WHEN given.delay > 0 THEN 'delayed' ELSE 'ready' END,
    given.priority,
    given.key,
    given.max_attempts,
    given.backoff,
    given.backoff_limit,
    (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT + given.delay,
    (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT
FROM json_to_recordset($1::JSON) AS given (
    place BIGINT,
    kind TEXT,
    payload TEXT,
    priority BIGINT,
    key TEXT,
    max_attempts BIGINT,
    backoff BIGINT,
    backoff_limit BIGINT,
    delay BIGINT
)
ORDER BY given.place
ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND state IN ('delayed', 'ready', 'running') DO NOTHING
RETURNING id, unique_key;
