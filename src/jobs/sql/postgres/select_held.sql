-- Running is what has a lease; asked for by its state, the planner would read the index of all that runs.
SELECT job.id
FROM json_to_recordset($1::JSON) AS held (id BIGINT, token BIGINT)
INNER JOIN packwright_jobs AS job ON job.id = held.id
WHERE job.token = held.token AND job.lease_until IS NOT NULL;
