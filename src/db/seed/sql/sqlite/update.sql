UPDATE the_table AS live
SET the_value = staged.the_value
FROM packwright_stage AS staged
WHERE live.the_key = staged.the_key AND staged.packwright_row <= $1 AND (live.the_value IS NOT staged.the_value)
