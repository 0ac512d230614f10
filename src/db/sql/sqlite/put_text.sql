INSERT INTO packwright_migration_texts (version, checksum, text)
VALUES (?1, ?2, ?3)
ON CONFLICT (version) DO UPDATE
SET checksum = excluded.checksum,
    text = excluded.text;
