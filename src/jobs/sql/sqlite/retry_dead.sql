UPDATE packwright_jobs
SET state = 'ready',
    -- A dead job begins anew.
    attempt = CASE state WHEN 'dead' THEN 0 ELSE attempt END,
    run_at = CAST(unixepoch('subsec') * 1000 AS INTEGER),
    finished_at = NULL
WHERE state = 'dead' AND kind = COALESCE(?1, kind)
    -- Where another has its key by now, or more than one dead job has it, at most one may live.
    AND (state = 'delayed' OR unique_key IS NULL OR id = (
        SELECT MAX(other.id)
        FROM packwright_jobs AS other
        WHERE other.unique_key = packwright_jobs.unique_key AND other.state <> 'done'
    ))
RETURNING id;
