-- Running is what has a lease; asked for by its state, the planner would read the index of all that runs.
WITH given AS MATERIALIZED (
    SELECT *
    FROM json_to_recordset($1::JSON) AS given (
        id BIGINT, token BIGINT, outcome TEXT, delay BIGINT, exit_code BIGINT, error TEXT, output TEXT
    )
), finished AS (
    UPDATE packwright_jobs AS job
    SET state = CASE given.outcome
            WHEN 'done' THEN 'done'
            WHEN 'dead' THEN 'dead'
            WHEN 'released' THEN 'ready'
            ELSE CASE WHEN given.delay > 0 THEN 'delayed' ELSE 'ready' END
        END,
        -- What was handed back was not tried.
        attempt = job.attempt - CASE given.outcome WHEN 'released' THEN 1 ELSE 0 END,
        run_at = CASE given.outcome WHEN 'failed' THEN (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT + given.delay ELSE job.run_at END,
        finished_at = CASE WHEN given.outcome IN ('done', 'dead') THEN (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT END,
        lease_until = NULL,
        last_error = given.error
    FROM given
    WHERE job.id = ANY (ARRAY(SELECT id FROM given))
        AND job.id = given.id
        AND job.token = given.token
        AND job.lease_until IS NOT NULL
    RETURNING job.id, job.token, job.attempt, job.worker, job.started_at,
        given.outcome, given.exit_code, given.error, given.output
)
INSERT INTO packwright_job_runs
    (job_id, token, attempt, worker, started_at, finished_at, outcome, exit_code, error, output)
SELECT
    id,
    token,
    attempt + CASE outcome WHEN 'released' THEN 1 ELSE 0 END,
    worker,
    started_at,
    (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT,
    outcome,
    exit_code,
    error,
    output
FROM finished
RETURNING job_id;
