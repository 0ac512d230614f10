CREATE TABLE packwright_rag_schema (
    version INTEGER NOT NULL
) STRICT;

-- One named set of documents. Without a model it is searched by keywords only.
CREATE TABLE packwright_rag_collection (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    model TEXT,
    revision TEXT,
    dimensions INTEGER,
    created_at TEXT NOT NULL,
    CHECK ((model IS NULL) = (revision IS NULL) AND (model IS NULL) = (dimensions IS NULL))
) STRICT;

-- A row is there only together with all its chunks: it is the ledger that says what need not be ingested again.
CREATE TABLE packwright_rag_document (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES packwright_rag_collection (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    -- SHA-256 of the file.
    content_hash BLOB NOT NULL,
    -- Chunker, its version and settings, and the embedder: other than the one asked for means to ingest again.
    recipe TEXT NOT NULL,
    title TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    ingested_at TEXT NOT NULL,
    UNIQUE (collection_id, path)
) STRICT;

CREATE TABLE packwright_rag_chunk (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES packwright_rag_document (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start_byte INTEGER NOT NULL,
    end_byte INTEGER NOT NULL,
    first_line INTEGER NOT NULL,
    last_line INTEGER NOT NULL,
    -- JSON list of the headings above the chunk, outermost first.
    headings TEXT NOT NULL,
    text TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    -- SHA-256 of what is embedded: title and headings as far as they fit, then the text.
    hash BLOB NOT NULL,
    UNIQUE (document_id, ordinal)
) STRICT;

-- Up to 1,024 vectors as 8-bit codes, end to end: what a search scans.
CREATE TABLE packwright_rag_block (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES packwright_rag_collection (id) ON DELETE CASCADE,
    vectors INTEGER NOT NULL,
    -- 64-bit little-endian ids of the chunks, in the order of the codes.
    chunk_ids BLOB NOT NULL,
    codes BLOB NOT NULL,
    -- For its index: finds the block that has room.
    UNIQUE (collection_id, vectors, id)
) STRICT;

-- The same vectors as 32-bit little-endian floats, one a row: a search looks up the few it has found.
CREATE TABLE packwright_rag_vector (
    chunk_id INTEGER PRIMARY KEY REFERENCES packwright_rag_chunk (id) ON DELETE CASCADE,
    block_id INTEGER NOT NULL,
    floats BLOB NOT NULL
) STRICT;
