INSERT INTO packwright_rag_block (collection_id, vectors, chunk_ids, codes)
VALUES (?1, 0, x'', x'')
RETURNING id;
