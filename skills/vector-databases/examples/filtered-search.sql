-- Filtered vector search with pgvector: what post-filtering loses and what gives it back.
--
-- Run:      psql -X -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -f filtered-search.sql
-- Needs:    PostgreSQL 15+, pgvector 0.8+, the right to create a schema.
-- Takes:    5 to 15 seconds. Everything happens in one transaction that is rolled back.

\set ON_ERROR_STOP on
\set QUIET on
\pset pager off

BEGIN;
SET LOCAL client_min_messages = warning;

CREATE EXTENSION IF NOT EXISTS vector;
CREATE SCHEMA filtered_search_demo;
SET LOCAL search_path = filtered_search_demo, public;
SET LOCAL maintenance_work_mem = '256MB';
SELECT setseed(0.42) \g /dev/null

-- 10,000 points in 32 dimensions scattered around 100 centres. 100 tenants share the table, so one
-- tenant holds about 1 % of the rows: a filter far more selective than ef_search can absorb.
CREATE TABLE centres AS
SELECT c AS centre, array_agg(random() * 2 - 1 ORDER BY d) AS p
FROM generate_series(1, 100) AS c, generate_series(1, 32) AS d
GROUP BY c;

CREATE FUNCTION near(p double precision[]) RETURNS vector LANGUAGE sql VOLATILE AS $$
  SELECT array_agg(x + (random() - 0.5) * 4 ORDER BY i)::vector
  FROM unnest(p) WITH ORDINALITY AS u (x, i)
$$;

CREATE TABLE items (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id integer    NOT NULL,
  embedding vector(32) NOT NULL
);

INSERT INTO items (tenant_id, embedding)
SELECT 1 + floor(random() * 100)::int, near(c.p)
FROM generate_series(1, 10000) AS g
JOIN centres AS c ON c.centre = 1 + g % 100;

-- Queries are held out. A stored row finds its own neighbourhood at once and flatters the recall.
CREATE TABLE queries AS
SELECT centre AS qid, centre AS tenant_id, near(p) AS embedding FROM centres WHERE centre % 2 = 0;

CREATE INDEX items_embedding_hnsw ON items
  USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 64);
ANALYZE items;

-- EXECUTE plans each call with its actual values, as a driver with inlined parameters would.
CREATE FUNCTION top10(q vector, tenant integer) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[];
BEGIN
  EXECUTE 'SELECT array(SELECT id FROM items WHERE $2 IS NULL OR tenant_id = $2
                        ORDER BY embedding <=> $1 LIMIT 10)'
    INTO ids USING q, tenant;
  RETURN ids;
END $$;

-- The truth comes from an exact scan, never from the index under test.
SET LOCAL enable_indexscan = off;
CREATE TABLE truth AS
SELECT qid, top10(embedding, NULL) AS unfiltered, top10(embedding, tenant_id) AS filtered FROM queries;

-- From here on the planner is forced to the HNSW index, as it would choose by itself on a big table.
SET LOCAL enable_indexscan = on;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;

CREATE TABLE report (step int, setting text, rows_returned numeric, recall numeric);

CREATE FUNCTION measure(step int, label text, filter boolean) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO report
  SELECT step, label, round(avg(cardinality(got)), 1),
         round(avg((SELECT count(*) FROM unnest(got) AS g WHERE g = ANY (want))::numeric
                   / greatest(cardinality(want), 1)), 3)
  FROM (SELECT top10(q.embedding, CASE WHEN filter THEN q.tenant_id END) AS got,
               CASE WHEN filter THEN t.filtered ELSE t.unfiltered END AS want
        FROM queries AS q JOIN truth AS t USING (qid)) AS r
$$;

SET LOCAL hnsw.ef_search = 10;
SELECT measure(1, 'no filter, ef_search 10', false) \g /dev/null
SET LOCAL hnsw.ef_search = 40;
SELECT measure(2, 'no filter, ef_search 40', false) \g /dev/null
SET LOCAL hnsw.ef_search = 200;
SELECT measure(3, 'no filter, ef_search 200', false) \g /dev/null
SET LOCAL hnsw.ef_search = 40;
SELECT measure(4, 'tenant filter, iterative_scan off', true) \g /dev/null
SET LOCAL hnsw.iterative_scan = strict_order;
SELECT measure(5, 'tenant filter, strict_order', true) \g /dev/null
SET LOCAL hnsw.iterative_scan = relaxed_order;
SELECT measure(6, 'tenant filter, relaxed_order', true) \g /dev/null
SET LOCAL hnsw.max_scan_tuples = 500;
SELECT measure(7, 'tenant filter, relaxed_order, max_scan_tuples 500', true) \g /dev/null

SELECT setting, rows_returned, recall AS recall_at_10 FROM report ORDER BY step;

-- The claims this file makes, checked. A failed ASSERT stops the script with a non-zero exit code.
DO $$
BEGIN
  ASSERT (SELECT rows_returned FROM report WHERE step = 4) < 5,
    'post-filtering was expected to return fewer than 5 of 10 rows';
  ASSERT (SELECT rows_returned FROM report WHERE step = 5) = 10,
    'an iterative scan was expected to fill the page';
  ASSERT (SELECT recall FROM report WHERE step = 3) >= (SELECT recall FROM report WHERE step = 1),
    'recall was expected to grow with ef_search';
  ASSERT (SELECT rows_returned FROM report WHERE step = 7) < (SELECT rows_returned FROM report WHERE step = 6),
    'a low max_scan_tuples was expected to cut the result short';
END $$;

\echo 'ok: every claim held'
ROLLBACK;
