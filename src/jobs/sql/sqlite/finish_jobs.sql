-- Running is what has a lease; asked for by its state, the planner would read the index of all that runs.
UPDATE packwright_jobs
SET state = CASE given.value ->> 'outcome'
        WHEN 'done' THEN 'done'
        WHEN 'dead' THEN 'dead'
        WHEN 'released' THEN 'ready'
        ELSE CASE WHEN given.value ->> 'delay' > 0 THEN 'delayed' ELSE 'ready' END
    END,
    -- What was handed back was not tried.
    attempt = attempt - CASE given.value ->> 'outcome' WHEN 'released' THEN 1 ELSE 0 END,
    run_at = CASE given.value ->> 'outcome' WHEN 'failed' THEN CAST(unixepoch('subsec') * 1000 AS INTEGER) + (given.value ->> 'delay') ELSE run_at END,
    finished_at = CASE WHEN given.value ->> 'outcome' IN ('done', 'dead') THEN CAST(unixepoch('subsec') * 1000 AS INTEGER) END,
    lease_until = NULL,
    last_error = given.value ->> 'error'
FROM json_each(?1) AS given
WHERE packwright_jobs.id = given.value ->> 'id' AND token = given.value ->> 'token' AND lease_until IS NOT NULL;
