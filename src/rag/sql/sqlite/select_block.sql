SELECT chunk_ids, codes FROM packwright_rag_block WHERE id = ?1;
