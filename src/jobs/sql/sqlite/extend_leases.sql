-- Running is what has a lease; asked for by its state, the planner would read the index of all that runs.
UPDATE packwright_jobs
SET lease_until = CAST(unixepoch('subsec') * 1000 AS INTEGER) + ?2
FROM json_each(?1) AS held
WHERE packwright_jobs.id = held.value ->> 'id' AND token = held.value ->> 'token' AND lease_until IS NOT NULL;
