INSERT INTO packwright_copy (relation, source, position, rows, is_done) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (relation) DO UPDATE SET position = excluded.position, rows = excluded.rows, is_done = excluded.is_done;
