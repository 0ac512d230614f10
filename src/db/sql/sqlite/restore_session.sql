-- What a file without transaction may have switched off.
PRAGMA foreign_keys = ON;
PRAGMA synchronous = FULL;
