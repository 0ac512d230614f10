DELETE FROM packwright_job_runs
WHERE job_id IN (SELECT id FROM packwright_jobs WHERE kind = ?1);
