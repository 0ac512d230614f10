-- Repeatable read: everything is of the moment at which the snapshot is taken, by the first query and not before, so that tables can
-- be locked first. What was rewritten or emptied by then is seen as it is, which a snapshot from before could not promise.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL lock_timeout = '4000ms';
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
-- An error where a policy would hide rows.
SET LOCAL row_security = off;
