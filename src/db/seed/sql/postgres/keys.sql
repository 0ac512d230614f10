SELECT index_relation.relname::text,
    index.indisprimary,
    array_agg(attribute.attname::text ORDER BY part.place)
FROM pg_index AS index
JOIN pg_class AS index_relation ON index_relation.oid = index.indexrelid
CROSS JOIN LATERAL unnest(index.indkey::smallint[]) WITH ORDINALITY AS part (number, place)
JOIN pg_attribute AS attribute ON attribute.attrelid = index.indrelid AND attribute.attnum = part.number
WHERE index.indrelid = to_regclass($1) AND index.indisunique AND index.indisvalid
    AND index.indpred IS NULL AND index.indexprs IS NULL AND part.place <= index.indnkeyatts
GROUP BY index_relation.relname, index.indisprimary
ORDER BY index.indisprimary DESC, 1
