WITH old AS (
    DELETE FROM packwright_jobs
    WHERE id = ANY (ARRAY(
        SELECT id
        FROM packwright_jobs
        WHERE state = 'done' AND finished_at < (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT - $1
        ORDER BY finished_at
        LIMIT 1000
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING id
)
DELETE FROM packwright_job_runs
WHERE job_id IN (SELECT id FROM old);
