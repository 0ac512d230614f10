-- Those that the statement before has written a run for: the clock has gone on since.
UPDATE packwright_jobs
SET state = CASE WHEN attempt < max_attempts THEN 'ready' ELSE 'dead' END,
    finished_at = CASE WHEN attempt < max_attempts THEN NULL ELSE CAST(unixepoch('subsec') * 1000 AS INTEGER) END,
    lease_until = NULL,
    last_error = 'its worker stopped answering'
WHERE state = 'running'
    AND EXISTS (SELECT 1 FROM packwright_job_runs AS run WHERE run.job_id = id AND run.token = packwright_jobs.token);
