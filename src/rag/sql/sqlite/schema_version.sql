SELECT version FROM packwright_rag_schema;
