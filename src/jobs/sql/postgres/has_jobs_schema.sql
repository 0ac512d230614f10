SELECT to_regclass('packwright_jobs_schema') IS NOT NULL;
