SELECT name, cron, time_zone, kind, payload, priority, max_attempts, backoff, backoff_limit, next_at
FROM packwright_job_schedules
WHERE name = ?1
ORDER BY name;
