DROP TABLE pg_temp.packwright_stage
