-- Whoever comes second finds another time there.
UPDATE packwright_job_schedules
SET next_at = $3
WHERE name = $1 AND next_at = $2;
