SELECT chunk.id, document.path
FROM packwright_rag_chunk AS chunk
JOIN packwright_rag_document AS document ON document.id = chunk.document_id
WHERE document.collection_id = ?1;
