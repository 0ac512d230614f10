DELETE FROM packwright_jobs
WHERE kind = ?1;
