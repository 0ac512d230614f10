SELECT
    id, kind, state, priority, unique_key, attempt, max_attempts, run_at, enqueued_at, started_at, finished_at, worker,
    last_error
FROM packwright_jobs
WHERE state IN (SELECT value FROM json_each(?1)) AND kind = COALESCE(?2, kind)
ORDER BY
    CASE state WHEN 'running' THEN 0 WHEN 'ready' THEN 1 WHEN 'delayed' THEN 2 WHEN 'dead' THEN 3 ELSE 4 END,
    CASE state WHEN 'delayed' THEN run_at WHEN 'done' THEN -finished_at ELSE -priority END,
    id
LIMIT ?3;
