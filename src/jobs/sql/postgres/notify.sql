SELECT pg_notify('packwright_jobs', '');
