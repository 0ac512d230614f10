-- The keyword index of one collection, so that its statistics are its own; 0 stands for the collection's id.
CREATE VIRTUAL TABLE packwright_rag_text_0 USING fts5 (
    title, headings, text,
    content = '', contentless_delete = 1, tokenize = 'porter unicode61'
);
