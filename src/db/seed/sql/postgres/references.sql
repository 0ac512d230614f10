SELECT foreign_key.conname::text, foreign_key.confrelid::regclass::text, foreign_key.condeferrable
FROM pg_constraint AS foreign_key
WHERE foreign_key.contype = 'f' AND foreign_key.conrelid = to_regclass($1) AND foreign_key.conparentid = 0
ORDER BY 1
