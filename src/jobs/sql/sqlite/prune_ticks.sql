DELETE FROM packwright_job_ticks WHERE tick < CAST(unixepoch('subsec') * 1000 AS INTEGER) - ?1;
