SELECT chunk_id, floats FROM packwright_rag_vector WHERE chunk_id IN (SELECT value FROM json_each(?1));
