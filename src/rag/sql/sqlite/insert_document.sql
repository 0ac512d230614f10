INSERT INTO packwright_rag_document (collection_id, path, content_hash, recipe, title, bytes, ingested_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
RETURNING id;
