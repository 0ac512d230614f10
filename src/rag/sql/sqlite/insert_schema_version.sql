INSERT INTO packwright_rag_schema (version) VALUES (?1);
