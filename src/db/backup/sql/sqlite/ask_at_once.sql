-- The wait for others is ours, so that Ctrl-C is heard meanwhile.
PRAGMA busy_timeout = 0;
