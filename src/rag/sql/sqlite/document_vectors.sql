SELECT chunk.id, vector.block_id
FROM packwright_rag_chunk AS chunk
JOIN packwright_rag_document AS document ON document.id = chunk.document_id
LEFT JOIN packwright_rag_vector AS vector ON vector.chunk_id = chunk.id
WHERE document.collection_id = ?1 AND document.path = ?2;
