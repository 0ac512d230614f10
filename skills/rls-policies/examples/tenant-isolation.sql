-- Tenant isolation with row-level security, and a test that proves itself.
--
-- Run:      psql -X -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -f tenant-isolation.sql
-- Needs:    PostgreSQL 15+, a scratch server, a superuser (it creates roles).
-- Effect:   none. Everything happens in one transaction that is rolled back.

\set ON_ERROR_STOP on
\set QUIET on
\pset pager off

BEGIN;
SET LOCAL client_min_messages = warning;

-- 1. Roles. The owner runs migrations, the application role only reads and writes rows.
CREATE ROLE rls_demo_owner NOLOGIN;
CREATE ROLE rls_demo_app   NOLOGIN NOBYPASSRLS;
CREATE SCHEMA rls_demo AUTHORIZATION rls_demo_owner;
GRANT USAGE ON SCHEMA rls_demo TO rls_demo_app;
SET LOCAL search_path = rls_demo;

-- 2. A table with the tenant in every key, and a child whose foreign key carries the tenant too.
SET LOCAL ROLE rls_demo_owner;

CREATE FUNCTION current_tenant() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.tenant_id', true), '')::bigint;

CREATE TABLE invoice (
  tenant_id bigint  NOT NULL DEFAULT current_tenant(),
  id        bigint  NOT NULL,
  amount    numeric NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE payment (
  tenant_id  bigint NOT NULL DEFAULT current_tenant(),
  id         bigint NOT NULL,
  invoice_id bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoice (tenant_id, id)
);
CREATE INDEX ON payment (tenant_id, invoice_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON invoice, payment TO rls_demo_app;

INSERT INTO invoice SELECT t, n, 100 * t + n FROM generate_series(1, 3) t, generate_series(1, 2) n;
INSERT INTO payment SELECT t, n, n FROM generate_series(1, 3) t, generate_series(1, 2) n;

ALTER TABLE invoice ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoice FORCE  ROW LEVEL SECURITY;
ALTER TABLE payment ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment FORCE  ROW LEVEL SECURITY;

CREATE POLICY tenant_isolation ON invoice
  USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
CREATE POLICY tenant_isolation ON payment
  USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));

-- 3. A view owned by the superuser: the usual leak, closed by security_invoker.
RESET ROLE;
CREATE VIEW invoice_total WITH (security_invoker = true) AS
  SELECT tenant_id, sum(amount) AS total FROM invoice GROUP BY tenant_id;
GRANT SELECT ON invoice_total TO rls_demo_app;

-- 4. The test. It returns one line per leak and per wrongly hidden row; no line means isolated.
CREATE FUNCTION leaks() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  a bigint; b bigint; n bigint; own bigint; who text;
BEGIN
  IF has_table_privilege('rls_demo_app', 'invoice', 'TRUNCATE') THEN
    RETURN NEXT 'application role may TRUNCATE, which no policy stops';
  END IF;

  FOREACH who IN ARRAY ARRAY['rls_demo_app', 'rls_demo_owner'] LOOP
    EXECUTE format('SET LOCAL ROLE %I', who);
    PERFORM set_config('app.tenant_id', '', true);
    SELECT count(*) INTO n FROM invoice;
    IF n <> 0 THEN RETURN NEXT format('%s without tenant sees %s rows', who, n); END IF;

    FOR a IN 1..3 LOOP
      PERFORM set_config('app.tenant_id', a::text, true);
      SELECT count(*) FILTER (WHERE tenant_id = a), count(*) FILTER (WHERE tenant_id <> a)
        INTO own, n FROM invoice;
      IF own <> 2 THEN RETURN NEXT format('%s: tenant %s sees %s of its 2 rows', who, a, own); END IF;
      IF n <> 0 THEN RETURN NEXT format('%s: tenant %s sees %s foreign rows', who, a, n); END IF;
    END LOOP;
  END LOOP;

  SET LOCAL ROLE rls_demo_app;
  FOR a, b IN SELECT x, y FROM generate_series(1, 3) x, generate_series(1, 3) y WHERE x <> y LOOP
    PERFORM set_config('app.tenant_id', a::text, true);

    SELECT count(*) INTO n FROM invoice_total WHERE tenant_id = b;
    IF n <> 0 THEN RETURN NEXT format('view shows tenant %s to tenant %s', b, a); END IF;

    BEGIN
      UPDATE invoice SET amount = 0 WHERE tenant_id = b;
      GET DIAGNOSTICS n = ROW_COUNT;
      IF n <> 0 THEN RETURN NEXT format('tenant %s updated rows of tenant %s', a, b); END IF;
    EXCEPTION WHEN insufficient_privilege THEN NULL;   -- 42501 is what a policy violation raises
    END;

    BEGIN
      INSERT INTO invoice VALUES (b, 1000 + a, 1);
      RAISE EXCEPTION USING ERRCODE = 'RLS01';   -- undo the row, keep the verdict
    EXCEPTION
      WHEN insufficient_privilege THEN NULL;
      WHEN SQLSTATE 'RLS01' THEN RETURN NEXT format('tenant %s inserted as tenant %s', a, b);
    END;
  END LOOP;
  RESET ROLE;
END $$;

DO $$
DECLARE
  found text[];
BEGIN
  SELECT array_agg(l) INTO found FROM leaks() AS l;
  ASSERT found IS NULL, 'isolation broken: ' || array_to_string(found, '; ');
END $$;
\echo 'ok: 3 tenants, 2 roles, no leak and no row wrongly hidden'

-- 5. The negative control. Break each defence in turn; a test that stays green is worthless.
CREATE TABLE verdict (mutation text, leaks_found bigint);
DO $$
DECLARE
  mutation text; n bigint;
BEGIN
  FOREACH mutation IN ARRAY ARRAY[
    'ALTER TABLE invoice DISABLE ROW LEVEL SECURITY',
    'ALTER TABLE invoice NO FORCE ROW LEVEL SECURITY',
    'DROP POLICY tenant_isolation ON invoice',
    'ALTER POLICY tenant_isolation ON invoice USING (true)',
    'ALTER POLICY tenant_isolation ON invoice WITH CHECK (true)',
    'ALTER VIEW invoice_total SET (security_invoker = false)',
    'GRANT TRUNCATE ON invoice TO rls_demo_app'
  ] LOOP
    BEGIN
      EXECUTE mutation;
      SELECT count(*) INTO n FROM leaks();
      RAISE EXCEPTION USING ERRCODE = 'RLS02';   -- undo the mutation
    EXCEPTION WHEN SQLSTATE 'RLS02' THEN
      INSERT INTO verdict VALUES (mutation, n);
    END;
  END LOOP;
  ASSERT (SELECT count(*) FROM verdict WHERE leaks_found = 0) = 0,
    'unnoticed: ' || (SELECT string_agg(v.mutation, '; ') FROM verdict AS v WHERE v.leaks_found = 0);
END $$;
SELECT * FROM verdict;
\echo 'ok: every mutation was noticed'

ROLLBACK;
