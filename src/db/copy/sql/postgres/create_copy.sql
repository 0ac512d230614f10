-- How far a copy got, and what is put back at its end; both are dropped then.
CREATE TABLE packwright_copy (
    relation text PRIMARY KEY,
    source text NOT NULL,
    position text,
    rows bigint NOT NULL,
    is_done boolean NOT NULL
);
CREATE TABLE packwright_copy_held (
    place bigint PRIMARY KEY,
    restore text NOT NULL
);
