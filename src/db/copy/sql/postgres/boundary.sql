-- The key of the last row of the next chunk, as literals.
SELECT relation FROM packwright_copy WHERE true ORDER BY relation OFFSET 0 LIMIT 1;
