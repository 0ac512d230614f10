SELECT COALESCE(MAX(version), 0) FROM packwright_jobs_schema;
