-- Running is what has a lease; asked for by its state, the planner would read the index of all that runs.
INSERT INTO packwright_job_runs
    (job_id, token, attempt, worker, started_at, finished_at, outcome, exit_code, error, output)
SELECT
    job.id,
    job.token,
    job.attempt,
    job.worker,
    job.started_at,
    CAST(unixepoch('subsec') * 1000 AS INTEGER),
    given.value ->> 'outcome',
    given.value ->> 'exit_code',
    given.value ->> 'error',
    given.value ->> 'output'
FROM json_each(?1) AS given
CROSS JOIN packwright_jobs AS job
WHERE job.id = given.value ->> 'id' AND job.token = given.value ->> 'token' AND job.lease_until IS NOT NULL
RETURNING job_id;
