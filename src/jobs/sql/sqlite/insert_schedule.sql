INSERT INTO packwright_job_schedules
    (name, cron, time_zone, kind, payload, priority, max_attempts, backoff, backoff_limit, next_at, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, CAST(unixepoch('subsec') * 1000 AS INTEGER))
ON CONFLICT (name) DO NOTHING;
