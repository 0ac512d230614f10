DELETE FROM packwright_rag_document WHERE collection_id = ?1 AND path = ?2;
