BEGIN;
-- Times without a zone mean the same on every machine.
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL client_min_messages = 'warning';
SET LOCAL statement_timeout = 0;
