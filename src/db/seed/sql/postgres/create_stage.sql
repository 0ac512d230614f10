CREATE TEMPORARY TABLE packwright_stage AS
SELECT 0::bigint AS packwright_row, live.the_key, live.the_value FROM the_table AS live WHERE false
