SELECT name, CASE type WHEN 'table' THEN 'r' ELSE type END FROM sqlite_schema WHERE name = $1 COLLATE NOCASE AND type IN ('table', 'view')
