SELECT chunk_ids, codes FROM packwright_rag_block WHERE collection_id = ?1 ORDER BY id;
