SELECT token, attempt, worker, started_at, finished_at, outcome, exit_code, error, output
FROM packwright_job_runs
WHERE job_id = $1
ORDER BY token;
