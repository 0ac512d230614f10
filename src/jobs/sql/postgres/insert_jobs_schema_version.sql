INSERT INTO packwright_jobs_schema (version) VALUES ($1);
