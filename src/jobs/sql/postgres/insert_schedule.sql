INSERT INTO packwright_job_schedules
    (name, cron, time_zone, kind, payload, priority, max_attempts, backoff, backoff_limit, next_at, created_at)
VALUES ($1, $2, $3, $4, $5::JSON, $6, $7, $8, $9, $10, (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT)
ON CONFLICT (name) DO NOTHING;
