SELECT attribute.attname::text,
    format_type(attribute.atttypid, attribute.atttypmod),
    CASE
        WHEN base.typname IN ('json', 'jsonb') AND space.nspname = 'pg_catalog' THEN 'json'
        WHEN base.typcategory = 'A' THEN 'array'
        ELSE 'other'
    END,
    -- Types whose equality is not to be found, or not there, are compared as text.
    base.typtype = 'e' OR (
        space.nspname = 'pg_catalog'
        AND base.typname NOT IN ('json', 'xml', 'point', 'polygon', 'path', 'box', 'lseg', 'circle', 'line', '_json', '_xml', '_point', '_polygon', '_path', '_box', '_lseg', '_circle', '_line')
    ),
    attribute.attgenerated <> '',
    pg_get_serial_sequence(attribute.attrelid::regclass::text, attribute.attname)
FROM pg_attribute AS attribute
JOIN pg_type AS own ON own.oid = attribute.atttypid
JOIN pg_type AS base ON base.oid = CASE WHEN own.typtype = 'd' THEN own.typbasetype ELSE own.oid END
JOIN pg_namespace AS space ON space.oid = base.typnamespace
WHERE attribute.attrelid = to_regclass($1) AND attribute.attnum > 0 AND NOT attribute.attisdropped
ORDER BY attribute.attnum
