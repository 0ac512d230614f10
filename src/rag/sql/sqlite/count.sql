SELECT (SELECT count(*) FROM packwright_rag_document WHERE collection_id = ?1),
       (SELECT count(*) FROM packwright_rag_chunk AS chunk
        JOIN packwright_rag_document AS document ON document.id = chunk.document_id
        WHERE document.collection_id = ?1),
       (SELECT coalesce(sum(vectors), 0) FROM packwright_rag_block WHERE collection_id = ?1);
