-- A commit is whole at once and on the disk a little later; the next one with FULL takes all before it along.
PRAGMA synchronous = NORMAL;
