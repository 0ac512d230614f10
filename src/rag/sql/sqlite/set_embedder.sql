-- Only when all documents were embedded in this way.
UPDATE packwright_rag_collection SET model = ?2, revision = ?3, dimensions = ?4
WHERE id = ?1
  AND NOT EXISTS (SELECT 1 FROM packwright_rag_document WHERE collection_id = ?1 AND recipe <> ?5);
