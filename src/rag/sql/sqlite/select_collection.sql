SELECT id, model, revision, dimensions FROM packwright_rag_collection WHERE name = ?1;
