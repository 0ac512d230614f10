DELETE FROM packwright_job_schedules WHERE name = $1;
