SELECT
    id, kind, state, priority, unique_key, attempt, max_attempts, run_at, enqueued_at, started_at, finished_at, worker,
    last_error
FROM packwright_jobs
WHERE id = ?1;
