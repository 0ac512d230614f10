-- The number is replaced by the milliseconds of the settings.
BEGIN;
SET LOCAL lock_timeout = 4000;
