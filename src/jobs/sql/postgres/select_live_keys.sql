SELECT unique_key, id
FROM packwright_jobs
WHERE unique_key IS NOT NULL AND state IN ('delayed', 'ready', 'running') AND unique_key = ANY (ARRAY(SELECT json_array_elements_text($1::JSON)));
