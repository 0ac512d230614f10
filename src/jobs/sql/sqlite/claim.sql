UPDATE packwright_jobs
SET state = 'running',
    attempt = attempt + 1,
    token = token + 1,
    worker = ?3,
    started_at = CAST(unixepoch('subsec') * 1000 AS INTEGER),
    lease_until = CAST(unixepoch('subsec') * 1000 AS INTEGER) + ?4
WHERE id IN (
    SELECT id
    FROM packwright_jobs
    WHERE state = 'ready' AND kind IN (SELECT value FROM json_each(?2))
    ORDER BY priority DESC, id
    LIMIT ?1
)
RETURNING id, token, kind, payload, priority, attempt, max_attempts, backoff, backoff_limit;
