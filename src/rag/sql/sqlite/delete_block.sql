DELETE FROM packwright_rag_block WHERE id = ?1;
