DELETE FROM packwright_rag_text_0 WHERE rowid = ?1;
