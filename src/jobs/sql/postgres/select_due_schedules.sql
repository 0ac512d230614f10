SELECT name, cron, time_zone, kind, payload::TEXT, priority, max_attempts, backoff, backoff_limit, next_at
FROM packwright_job_schedules
WHERE next_at <= (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT
ORDER BY name;
