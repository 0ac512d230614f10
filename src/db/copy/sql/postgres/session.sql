-- A copy takes as long as it takes; rows that policies hide are an error, not missing; values are written so that they read back.
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET row_security = off;
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET timezone = 'UTC';
SET extra_float_digits = 1;
SET bytea_output = 'hex';
SET synchronize_seqscans = off;
