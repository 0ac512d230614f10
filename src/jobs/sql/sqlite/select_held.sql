SELECT job.id
FROM json_each(?1) AS held
CROSS JOIN packwright_jobs AS job
WHERE job.id = held.value ->> 'id' AND job.token = held.value ->> 'token' AND job.state = 'running';
