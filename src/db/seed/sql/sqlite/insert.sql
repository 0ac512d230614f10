INSERT INTO the_table (the_key, the_value)
SELECT staged.the_key, staged.the_value
FROM packwright_stage AS staged
WHERE staged.packwright_row <= $1 AND NOT EXISTS (SELECT 1 FROM the_table AS live WHERE live.the_key = staged.the_key)
ORDER BY staged.packwright_row
