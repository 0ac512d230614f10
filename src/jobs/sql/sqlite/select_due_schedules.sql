SELECT name, cron, time_zone, kind, payload, priority, max_attempts, backoff, backoff_limit, next_at
FROM packwright_job_schedules
WHERE next_at <= CAST(unixepoch('subsec') * 1000 AS INTEGER)
ORDER BY name;
