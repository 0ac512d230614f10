-- Best first; a word of the title counts twice. FTS5 gives better matches a lower number.
SELECT rowid, -bm25(packwright_rag_text_0, 2.0, 1.0, 1.0) AS score
FROM packwright_rag_text_0
WHERE packwright_rag_text_0 MATCH ?1
ORDER BY score DESC, rowid
LIMIT ?2;
