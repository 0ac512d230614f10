INSERT INTO packwright_rag_vector (chunk_id, block_id, floats) VALUES (?1, ?2, ?3);
