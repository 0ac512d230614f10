-- Empties the database, within the transaction that restores it, down to what a new one has.
DO $$
DECLARE
    found record;
BEGIN
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog', true);
    FOR found IN
        SELECT evtname FROM pg_event_trigger AS trigger
        WHERE NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_event_trigger'::regclass AND objid = trigger.oid AND deptype = 'e')
    LOOP
        EXECUTE format('DROP EVENT TRIGGER %I', found.evtname);
    END LOOP;
    FOR found IN SELECT pubname FROM pg_publication LOOP
        EXECUTE format('DROP PUBLICATION %I', found.pubname);
    END LOOP;
    FOR found IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP
        EXECUTE format('DROP EXTENSION IF EXISTS %I CASCADE', found.extname);
    END LOOP;
    FOR found IN
        SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP
        EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', found.nspname);
    END LOOP;
    -- What lies in no schema. Numbers from 16384 on are not the server's own.
    FOR found IN SELECT fdwname FROM pg_foreign_data_wrapper WHERE oid >= 16384 LOOP
        EXECUTE format('DROP FOREIGN DATA WRAPPER IF EXISTS %I CASCADE', found.fdwname);
    END LOOP;
    FOR found IN SELECT castsource::regtype AS source, casttarget::regtype AS target FROM pg_cast WHERE oid >= 16384 LOOP
        EXECUTE format('DROP CAST IF EXISTS (%s AS %s)', found.source, found.target);
    END LOOP;
    FOR found IN SELECT lanname FROM pg_language WHERE oid >= 16384 AND lanname <> 'plpgsql' LOOP
        EXECUTE format('DROP LANGUAGE IF EXISTS %I CASCADE', found.lanname);
    END LOOP;
    FOR found IN SELECT amname FROM pg_am WHERE oid >= 16384 LOOP
        EXECUTE format('DROP ACCESS METHOD IF EXISTS %I CASCADE', found.amname);
    END LOOP;
    PERFORM lo_unlink(oid) FROM pg_largeobject_metadata;
    -- Default privileges of roles, back to what the server has: all for the role, and what everybody may.
    FOR found IN
        SELECT DISTINCT
            standard.defaclrole::regrole AS role,
            CASE standard.defaclobjtype
                WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
                WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS'
            END AS kind,
            CASE entry.grantee WHEN 0 THEN 'PUBLIC' ELSE entry.grantee::regrole::text END AS grantee
        FROM pg_default_acl AS standard, aclexplode(standard.defaclacl) AS entry
        WHERE standard.defaclnamespace = 0
    LOOP
        EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %s REVOKE ALL ON %s FROM %s', found.role, found.kind, found.grantee);
        EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %s GRANT ALL ON %s TO %s', found.role, found.kind, found.role);
        IF found.kind = 'FUNCTIONS' THEN
            EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %s GRANT EXECUTE ON FUNCTIONS TO PUBLIC', found.role);
        ELSIF found.kind = 'TYPES' THEN
            EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %s GRANT USAGE ON TYPES TO PUBLIC', found.role);
        END IF;
    END LOOP;
    -- As a new database has it: archives take it for granted.
    EXECUTE 'CREATE SCHEMA public AUTHORIZATION pg_database_owner';
    EXECUTE 'GRANT USAGE ON SCHEMA public TO PUBLIC';
    EXECUTE 'COMMENT ON SCHEMA public IS ''standard public schema''';
END
$$;
