-- A writer from the start: one that only becomes a writer later can be turned away.
BEGIN IMMEDIATE;
