-- What a migration sets (the search path, a role, a time-out) must not reach the history's own statements or the next file.
RESET SESSION AUTHORIZATION;
RESET ROLE;
RESET ALL;
-- A server that can (14 and later, most systems) looks every second whether we are still there, so that the lock and the work of a
-- killed run end with it and not with its last statement.
DO $$
BEGIN
    PERFORM set_config('client_connection_check_interval', '1000', false);
EXCEPTION
    WHEN OTHERS THEN NULL;
END
$$;
