-- Running is what has a lease; asked for by its state, the planner would read the index of all that runs.
SELECT job.id
FROM json_each(?1) AS held
CROSS JOIN packwright_jobs AS job
WHERE job.id = held.value ->> 'id' AND job.token = held.value ->> 'token' AND job.lease_until IS NOT NULL;
