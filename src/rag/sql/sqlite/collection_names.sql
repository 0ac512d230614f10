SELECT name FROM packwright_rag_collection ORDER BY name;
