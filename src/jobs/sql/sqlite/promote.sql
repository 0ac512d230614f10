UPDATE packwright_jobs
SET state = 'ready'
WHERE state = 'delayed' AND run_at <= CAST(unixepoch('subsec') * 1000 AS INTEGER);
