SELECT state, COUNT(*) FROM packwright_jobs GROUP BY state;
