SELECT tick.tick, tick.manual, tick.job_id, job.state, job.last_error
FROM packwright_job_ticks AS tick
LEFT JOIN packwright_jobs AS job ON job.id = tick.job_id
WHERE tick.schedule = $1
ORDER BY tick.tick DESC
LIMIT $2;
