WITH lost AS (
    UPDATE packwright_jobs
    SET state = CASE WHEN attempt < max_attempts THEN 'ready' ELSE 'dead' END,
        finished_at = CASE WHEN attempt < max_attempts THEN NULL ELSE (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT END,
        lease_until = NULL,
        last_error = 'its worker stopped answering'
    WHERE id = ANY (ARRAY(
        SELECT id
        FROM packwright_jobs
        WHERE state = 'running' AND lease_until < (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT
        ORDER BY lease_until
        LIMIT 1000
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING id, token, attempt, worker, started_at, last_error
)
INSERT INTO packwright_job_runs (job_id, token, attempt, worker, started_at, finished_at, outcome, error)
SELECT id, token, attempt, worker, started_at, (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT, 'lost', last_error
FROM lost;
