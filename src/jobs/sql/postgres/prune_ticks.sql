DELETE FROM packwright_job_ticks WHERE tick < (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT - $1;
