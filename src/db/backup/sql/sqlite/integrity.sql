-- The first hundred faults, or one row: ok.
PRAGMA integrity_check;
