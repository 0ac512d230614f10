-- What a migration sets (the search path, a role, a time-out) must not reach the history's own statements or the next file.
RESET SESSION AUTHORIZATION;
RESET ROLE;
RESET ALL;
