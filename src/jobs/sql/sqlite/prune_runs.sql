DELETE FROM packwright_job_runs
WHERE job_id IN (
    SELECT id
    FROM packwright_jobs
    WHERE state = 'done' AND finished_at < CAST(unixepoch('subsec') * 1000 AS INTEGER) - ?1
    ORDER BY finished_at
    LIMIT 1000
);
