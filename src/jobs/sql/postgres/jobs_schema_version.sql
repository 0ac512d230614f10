SELECT COALESCE(MAX(version), 0)::BIGINT FROM packwright_jobs_schema;
