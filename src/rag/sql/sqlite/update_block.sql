UPDATE packwright_rag_block SET vectors = ?2, chunk_ids = ?3, codes = ?4 WHERE id = ?1;
