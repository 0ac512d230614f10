UPDATE packwright_jobs
SET state = 'ready',
    -- A dead job begins anew.
    attempt = CASE state WHEN 'dead' THEN 0 ELSE attempt END,
    run_at = CAST(unixepoch('subsec') * 1000 AS INTEGER),
    finished_at = NULL
WHERE state = 'dead' AND kind = COALESCE(?1, kind)
    -- Where another has its key by now it stays dead, and of several dead ones with one key only the newest may live.
    AND (
        state = 'delayed'
        OR unique_key IS NULL
        OR (
            NOT EXISTS (
                SELECT 1
                FROM packwright_jobs AS other
                WHERE other.unique_key = packwright_jobs.unique_key
                    AND other.unique_key IS NOT NULL
                    AND other.state IN ('delayed', 'ready', 'running')
            )
            AND NOT EXISTS (
                SELECT 1
                FROM packwright_jobs AS other
                WHERE other.unique_key = packwright_jobs.unique_key
                    AND other.state = 'dead'
                    AND other.id > packwright_jobs.id
            )
        )
    )
RETURNING id;
