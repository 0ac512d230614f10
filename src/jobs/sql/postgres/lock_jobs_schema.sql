-- Held to the end of the transaction; the number is `packwri` in ASCII.
SELECT pg_advisory_xact_lock(31632277024240233);
