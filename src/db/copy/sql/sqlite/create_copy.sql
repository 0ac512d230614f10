-- How far a copy got, and the triggers that are put back at its end; both are dropped then.
CREATE TABLE packwright_copy (
    relation TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    position TEXT,
    rows INTEGER NOT NULL,
    is_done INTEGER NOT NULL
) STRICT;
CREATE TABLE packwright_copy_held (
    place INTEGER PRIMARY KEY,
    restore TEXT NOT NULL
) STRICT;
