SELECT min(staged.packwright_row), max(staged.packwright_row)
FROM packwright_stage AS staged
GROUP BY staged.the_key
HAVING count(*) > 1
ORDER BY 1
LIMIT 1
