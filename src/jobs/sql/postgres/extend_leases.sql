-- Running is what has a lease; asked for by its state, the planner would read the index of all that runs.
-- A row that is locked is being completed: it needs no longer lease, and waiting for it could end in a deadlock.
UPDATE packwright_jobs
SET lease_until = (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT + $2
WHERE id = ANY (ARRAY(
    SELECT job.id
    FROM json_to_recordset($1::JSON) AS held (id BIGINT, token BIGINT)
    INNER JOIN packwright_jobs AS job ON job.id = held.id
    WHERE job.token = held.token AND job.lease_until IS NOT NULL
    FOR UPDATE OF job SKIP LOCKED
));
