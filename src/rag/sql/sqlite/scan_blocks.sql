-- In no order: sorting would copy every block once more.
SELECT chunk_ids, codes FROM packwright_rag_block WHERE collection_id = ?1;
