SELECT name, cron, time_zone, kind, payload::TEXT, priority, max_attempts, backoff, backoff_limit, next_at
FROM packwright_job_schedules
ORDER BY name;
