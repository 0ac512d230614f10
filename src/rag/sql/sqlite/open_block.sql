SELECT id FROM packwright_rag_block WHERE collection_id = ?1 AND vectors < ?2 ORDER BY id DESC LIMIT 1;
