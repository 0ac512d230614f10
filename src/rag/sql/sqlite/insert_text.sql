INSERT INTO packwright_rag_text_0 (rowid, title, headings, text) VALUES (?1, ?2, ?3, ?4);
