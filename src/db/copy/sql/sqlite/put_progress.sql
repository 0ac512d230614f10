INSERT INTO packwright_copy (relation, source, position, rows, is_done) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (relation) DO UPDATE SET position = excluded.position, rows = excluded.rows, is_done = excluded.is_done;
