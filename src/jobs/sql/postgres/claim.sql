UPDATE packwright_jobs
SET state = 'running',
    attempt = attempt + 1,
    token = token + 1,
    worker = $3,
    started_at = (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT,
    lease_until = (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT + $4
WHERE lease_until IS NULL AND id = ANY (ARRAY(
    SELECT id
    FROM packwright_jobs
    WHERE state = 'ready' AND kind = ANY (ARRAY(SELECT json_array_elements_text($2::JSON)))
    ORDER BY priority DESC, id
    LIMIT $1
    FOR UPDATE SKIP LOCKED
))
RETURNING id, token, kind, payload::TEXT, priority, attempt, max_attempts, backoff, backoff_limit;
