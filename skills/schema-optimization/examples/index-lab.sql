-- Index lab: six index decisions and one safe NOT NULL, each checked against the real plan.
--
-- Run:      psql -X -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -f index-lab.sql
-- Needs:    PostgreSQL 15+, the right to create a schema. Takes 5 to 15 seconds.
-- Effect:   creates the schema index_lab and drops it at the end. VACUUM and CREATE INDEX CONCURRENTLY
--           refuse to run inside a transaction, so this file is not wrapped in one.

\set ON_ERROR_STOP on
\set QUIET on
\pset pager off
SET client_min_messages = warning;

DROP SCHEMA IF EXISTS index_lab CASCADE;
CREATE SCHEMA index_lab;
SET search_path = index_lab;
SET max_parallel_workers_per_gather = 0;   -- plans stay comparable

CREATE TABLE customer (
  id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL
);
CREATE TABLE purchase (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customer (id),
  status      text   NOT NULL CHECK (status IN ('open', 'paid', 'void')),
  total       numeric(12, 2) NOT NULL,
  created_at  timestamptz NOT NULL,
  note        text
);
INSERT INTO customer (email) SELECT 'User' || g || '@Example.org' FROM generate_series(1, 20000) AS g;
INSERT INTO purchase (customer_id, status, total, created_at, note)
SELECT 1 + g % 20000, CASE WHEN g % 100 = 0 THEN 'open' ELSE 'paid' END, g % 500,
       timestamptz '2020-01-01' + g * interval '1 minute', repeat('x', 60)
FROM generate_series(1, 300000) AS g;
VACUUM (ANALYZE) customer;
VACUUM (ANALYZE) purchase;

-- One row per measured plan: the node types from top to bottom and the pages touched.
CREATE TABLE seen (step text, nodes text, pages bigint);
CREATE FUNCTION look(step text, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan jsonb; kinds text;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ' || query INTO plan;
  SELECT string_agg(k #>> '{}', ' > ') INTO kinds
  FROM jsonb_path_query(plan, 'strict $.**."Node Type"') AS k;
  INSERT INTO seen VALUES (step, kinds,
    (plan #>> '{0,Plan,Shared Hit Blocks}')::bigint + (plan #>> '{0,Plan,Shared Read Blocks}')::bigint);
  RETURN kinds;
END $$;

-- 1. A foreign key is not indexed by itself.
SELECT look('fk, no index',   'SELECT * FROM purchase WHERE customer_id = 77') \g /dev/null
CREATE INDEX CONCURRENTLY purchase_customer_idx ON purchase (customer_id);
SELECT look('fk, indexed',    'SELECT * FROM purchase WHERE customer_id = 77') \g /dev/null

-- 2. Covering: the payload column rides along, so the heap is not visited.
DROP INDEX purchase_customer_idx;
CREATE INDEX CONCURRENTLY purchase_customer_total_idx ON purchase (customer_id) INCLUDE (total);
SELECT look('covering',       'SELECT sum(total) FROM purchase WHERE customer_id = 77') \g /dev/null

-- 3. Partial: 1 % of the rows, in the order the queue is read.
SELECT look('queue, no index', $q$SELECT id FROM purchase WHERE status = 'open' ORDER BY created_at LIMIT 20$q$) \g /dev/null
CREATE INDEX CONCURRENTLY purchase_open_idx ON purchase (created_at) INCLUDE (id) WHERE status = 'open';
SELECT look('queue, partial',  $q$SELECT id FROM purchase WHERE status = 'open' ORDER BY created_at LIMIT 20$q$) \g /dev/null

-- 4. Expression: the index has to hold the very expression of the query.
SELECT look('lower(email), no index', $q$SELECT id FROM customer WHERE lower(email) = 'user77@example.org'$q$) \g /dev/null
CREATE UNIQUE INDEX CONCURRENTLY customer_email_lower_idx ON customer (lower(email));
ANALYZE customer;
SELECT look('lower(email), indexed',  $q$SELECT id FROM customer WHERE lower(email) = 'user77@example.org'$q$) \g /dev/null

-- 5. Column order: equality first, then the sort column.
CREATE INDEX CONCURRENTLY purchase_status_created_idx ON purchase (status, created_at DESC);
SELECT look('equality then sort', $q$SELECT * FROM purchase WHERE status = 'paid' ORDER BY created_at DESC LIMIT 20$q$) \g /dev/null

-- 6. A condition on the bare column can use the index, a function around it cannot.
CREATE INDEX CONCURRENTLY purchase_created_idx ON purchase (created_at);
SELECT look('date_trunc on column', $q$SELECT count(*) FROM purchase WHERE date_trunc('day', created_at) = timestamptz '2020-03-01'$q$) \g /dev/null
SELECT look('half-open range',      $q$SELECT count(*) FROM purchase
  WHERE created_at >= timestamptz '2020-03-01' AND created_at < timestamptz '2020-03-02'$q$) \g /dev/null

SELECT step, nodes, pages FROM seen;

-- 7. NOT NULL without a long exclusive lock: check NOT VALID, validate, set, drop the check.
ALTER TABLE purchase ADD COLUMN currency text;
UPDATE purchase SET currency = 'EUR';     -- in production: batches of a few thousand rows
SET lock_timeout = '2s';
ALTER TABLE purchase ADD CONSTRAINT currency_set CHECK (currency IS NOT NULL) NOT VALID;
ALTER TABLE purchase VALIDATE CONSTRAINT currency_set;
ALTER TABLE purchase ALTER COLUMN currency SET NOT NULL;
ALTER TABLE purchase DROP CONSTRAINT currency_set;
RESET lock_timeout;

-- The claims of this file, checked.
DO $$
DECLARE
  p CONSTANT jsonb := (SELECT jsonb_object_agg(step, pages) FROM seen);
  n CONSTANT jsonb := (SELECT jsonb_object_agg(step, nodes) FROM seen);
BEGIN
  ASSERT n ->> 'fk, no index' = 'Seq Scan' AND (p ->> 'fk, no index')::int > 1000, 'fk scan';
  ASSERT (p ->> 'fk, indexed')::int < 50, 'fk index';
  ASSERT n ->> 'covering' LIKE '%Index Only Scan%' AND (p ->> 'covering')::int < 10, 'covering';
  ASSERT n ->> 'queue, partial' LIKE '%Index Only Scan%', 'partial';
  ASSERT n ->> 'lower(email), no index' = 'Seq Scan' AND n ->> 'lower(email), indexed' = 'Index Scan', 'expression';
  ASSERT n ->> 'equality then sort' = 'Limit > Index Scan', 'no sort expected';
  ASSERT (p ->> 'date_trunc on column')::int > 20 * (p ->> 'half-open range')::int, 'sargable';
  ASSERT (SELECT attnotnull FROM pg_attribute
          WHERE attrelid = 'purchase'::regclass AND attname = 'currency'), 'not null';
  ASSERT (SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'purchase'::regclass), 'valid indexes';
END $$;
\echo 'ok: every plan and the NOT NULL came out as stated'

DROP SCHEMA index_lab CASCADE;
