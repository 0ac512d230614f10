SELECT unique_key, id
FROM packwright_jobs
WHERE unique_key IS NOT NULL AND state IN ('delayed', 'ready', 'running') AND unique_key IN (SELECT value FROM json_each(?1));
