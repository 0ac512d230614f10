UPDATE packwright_jobs
SET state = 'ready'
WHERE id = ANY (ARRAY(
    SELECT id
    FROM packwright_jobs
    WHERE state = 'delayed' AND run_at <= (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT
    ORDER BY run_at
    LIMIT 1000
    FOR UPDATE SKIP LOCKED
));
