SELECT chunk.id, document.path, document.title, chunk.ordinal, chunk.first_line, chunk.last_line, chunk.headings, chunk.text, chunk.tokens
FROM packwright_rag_chunk AS chunk
JOIN packwright_rag_document AS document ON document.id = chunk.document_id
WHERE chunk.id IN (SELECT value FROM json_each(?1));
