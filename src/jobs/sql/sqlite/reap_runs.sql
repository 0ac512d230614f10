INSERT INTO packwright_job_runs (job_id, token, attempt, worker, started_at, finished_at, outcome, error)
SELECT id, token, attempt, worker, started_at, CAST(unixepoch('subsec') * 1000 AS INTEGER), 'lost', 'its worker stopped answering'
FROM packwright_jobs
WHERE state = 'running' AND lease_until < CAST(unixepoch('subsec') * 1000 AS INTEGER);
