SELECT (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT;
