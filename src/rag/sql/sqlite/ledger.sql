SELECT path, content_hash, recipe FROM packwright_rag_document WHERE collection_id = ?1 ORDER BY path;
