INSERT INTO packwright_rag_collection (name, model, revision, dimensions, created_at)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (name) DO NOTHING
RETURNING id;
