INSERT INTO packwright_rag_chunk
    (document_id, ordinal, start_byte, end_byte, first_line, last_line, headings, text, tokens, hash)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
RETURNING id;
