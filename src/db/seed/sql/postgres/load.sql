INSERT INTO packwright_stage
SELECT loaded.* FROM json_populate_recordset(NULL::packwright_stage, $1::json) AS loaded
