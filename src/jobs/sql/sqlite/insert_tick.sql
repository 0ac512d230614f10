INSERT INTO packwright_job_ticks (schedule, tick, manual, job_id)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (schedule, tick, manual) DO NOTHING;
