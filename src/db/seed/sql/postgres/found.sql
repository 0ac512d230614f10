SELECT count(*) FROM packwright_stage AS staged WHERE EXISTS (SELECT FROM the_table AS live WHERE live.the_key = staged.the_key)
