INSERT INTO packwright_stage
SELECT json_extract(item.value, '$[0]'), json_extract(item.value, '$[1]'), json_extract(item.value, '$[2]') FROM json_each($1) AS item
