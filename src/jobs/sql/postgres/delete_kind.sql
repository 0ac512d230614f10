WITH gone AS (
    DELETE FROM packwright_jobs
    WHERE kind = $1
    RETURNING id
)
DELETE FROM packwright_job_runs
WHERE job_id IN (SELECT id FROM gone);
