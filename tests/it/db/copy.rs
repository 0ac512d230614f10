//! `db copy`: rows from one database to another, whatever happens on the way.

use std::time::Duration;

use super::Place;
use crate::sandbox::Run;

const SCHEMA_POSTGRES: &str = "
    CREATE SCHEMA app;
    CREATE TYPE app.mood AS ENUM ('good', 'bad');
    CREATE TYPE pair AS (x int, y text[]);
    CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, boss bigint REFERENCES users, name text, mood app.mood, moods app.mood[], raw bytea, meta jsonb, pair pair, n float8, big numeric, at timestamptz, twice int GENERATED ALWAYS AS (2) STORED);
    CREATE TABLE left_side (id int PRIMARY KEY, other int);
    CREATE TABLE right_side (id int PRIMARY KEY, other int NOT NULL REFERENCES left_side);
    ALTER TABLE left_side ADD FOREIGN KEY (other) REFERENCES right_side;
    CREATE TABLE keyless (a text, b float8);
    CREATE TABLE \"Odd \"\"name\"\"\" (\"a b\" text COLLATE \"C\", \"c,d\" int, PRIMARY KEY (\"a b\", \"c,d\"));
    CREATE TABLE events (at date NOT NULL, id int NOT NULL, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
    CREATE TABLE events_1 PARTITION OF events DEFAULT;
    CREATE TABLE log (id serial PRIMARY KEY, what text);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.log (what) VALUES ('x'); RETURN new; END $$;
    CREATE TRIGGER note AFTER INSERT ON left_side FOR EACH ROW EXECUTE FUNCTION note();
    CREATE SEQUENCE loose;
    CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM users;";
const ROWS_POSTGRES: &str = "
    INSERT INTO users (boss, name, mood, moods, raw, meta, pair, n, big, at)
    SELECT nullif(3001 - i, i), CASE WHEN i % 7 = 0 THEN NULL ELSE E'\\t\\\\N\\n' || i END, 'bad', '{good,NULL}', '\\x00ff', '{\"a\": \"\\\\n\"}', ROW(i, ARRAY['a,b', NULL])::pair, i / 3.0, i * 1e30, 'infinity'
    FROM generate_series(1, 3000) AS i;
    UPDATE users SET name = repeat('long ', 400000) WHERE id = 17;
    INSERT INTO left_side SELECT i, NULL FROM generate_series(1, 500) AS i;
    INSERT INTO right_side SELECT i, i FROM generate_series(1, 500) AS i;
    UPDATE left_side SET other = 501 - id;
    INSERT INTO keyless VALUES ('a', 'NaN'), ('a', 'NaN'), (NULL, -0.0), ('\\.', 1e-300);
    INSERT INTO \"Odd \"\"name\"\"\" SELECT E'it''s \\\\ ' || i, i FROM generate_series(1, 700) AS i;
    INSERT INTO events SELECT '2026-01-01'::date + i, i FROM generate_series(1, 900) AS i;
    SELECT nextval('loose'), nextval('loose');";
const SCHEMA_SQLITE: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, boss INTEGER REFERENCES users, name TEXT COLLATE NOCASE, raw BLOB, n REAL, any_of, twice INT GENERATED ALWAYS AS (2));
    CREATE TABLE left_side (id INTEGER PRIMARY KEY, other INTEGER REFERENCES right_side (id));
    CREATE TABLE right_side (id INTEGER PRIMARY KEY, other INTEGER NOT NULL REFERENCES left_side (id));
    CREATE TABLE keyless (a TEXT, b REAL);
    CREATE TABLE \"Odd \"\"name\"\"\" (\"a b\" TEXT, \"c,d\" INT, PRIMARY KEY (\"a b\", \"c,d\")) WITHOUT ROWID;
    CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);
    CREATE TRIGGER note AFTER INSERT ON left_side BEGIN INSERT INTO log (what) VALUES ('x'); END;";
const ROWS_SQLITE: &str = "
    PRAGMA foreign_keys = OFF;
    WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 3000)
    INSERT INTO users (boss, name, raw, n, any_of) SELECT 3001 - i, CASE WHEN i % 7 THEN 'it''s ' || i END, x'00ff', i / 3.0, CASE i % 3 WHEN 0 THEN i WHEN 1 THEN 'x' ELSE x'01' END FROM c;
    UPDATE users SET raw = randomblob(2000000) WHERE id = 17;
    WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 500) INSERT INTO left_side SELECT i, 501 - i FROM c;
    WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 500) INSERT INTO right_side SELECT i, i FROM c;
    INSERT INTO keyless VALUES ('a', 1e300), ('a', 1e300), (NULL, 0.1);
    WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 700) INSERT INTO \"Odd \"\"name\"\"\" SELECT 'k' || i, i FROM c;";

/// Source and target on each engine that can be had, both with the tables, the source with rows.
fn pairs() -> Vec<(Place, Place)> {
    let pairs = Place::each().into_iter().zip(Place::each());
    pairs
        .map(|(source, target)| {
            let is_postgres = source.is_postgres();
            for place in [&source, &target] {
                place.execute(if is_postgres {
                    SCHEMA_POSTGRES
                } else {
                    SCHEMA_SQLITE
                });
            }
            source.execute(if is_postgres { ROWS_POSTGRES } else { ROWS_SQLITE });
            (source, target)
        })
        .collect()
}

fn arguments(source: &Place, target: &Place, more: &str) -> Vec<String> {
    let mut line: Vec<String> = ["db", "copy", "--from", &source.url, "--to", &target.url]
        .map(str::to_owned)
        .into();
    line.extend(more.split_whitespace().map(str::to_owned));
    line
}

fn copy(source: &Place, target: &Place, more: &str) -> Run {
    target.sandbox.run(arguments(source, target, more))
}

/// What tells of every row, told by each side alone.
fn told(place: &Place) -> Vec<String> {
    let queries = if place.is_postgres() {
        [
            "SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM users AS t",
            "SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM left_side AS t",
            "SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM right_side AS t",
            "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"Odd \"\"name\"\"\" AS t",
            "SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM events AS t",
            "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM keyless AS t",
            "SELECT count(*)::text FROM log",
        ]
    } else {
        [
            "SELECT group_concat(id || quote(boss) || quote(name) || hex(raw) || n || quote(any_of)) FROM (SELECT * FROM users ORDER BY id)",
            "SELECT group_concat(id || '-' || other) FROM (SELECT * FROM left_side ORDER BY id)",
            "SELECT group_concat(id || '-' || other) FROM (SELECT * FROM right_side ORDER BY id)",
            "SELECT group_concat(\"a b\") FROM (SELECT * FROM \"Odd \"\"name\"\"\" ORDER BY 1)",
            "SELECT CAST(seq AS TEXT) FROM sqlite_sequence WHERE name = 'users'",
            "SELECT group_concat(quote(a) || b) FROM (SELECT * FROM keyless ORDER BY a, b)",
            "SELECT CAST(count(*) AS TEXT) FROM log",
        ]
    };
    queries.iter().flat_map(|query| place.column(query)).collect()
}

/// Nothing of the copy is left, and what guards rows does so again.
fn is_tidy(place: &Place) {
    let left = if place.is_postgres() {
        place.column("SELECT relname::text FROM pg_class WHERE relname LIKE 'packwright_copy%'")
    } else {
        place.column("SELECT name FROM sqlite_schema WHERE name LIKE 'packwright_copy%'")
    };
    assert_eq!(left, Vec::<String>::new());
    let guards = if place.is_postgres() {
        place.column("SELECT (SELECT count(*) FROM pg_constraint WHERE contype = 'f') || ' ' || (SELECT string_agg(tgenabled::text, '') FROM pg_trigger WHERE NOT tgisinternal)")
    } else {
        place.column("SELECT CAST(count(*) AS TEXT) || ' O' FROM sqlite_schema WHERE type = 'trigger'")
    };
    assert_eq!(guards, [if place.is_postgres() { "3 O" } else { "1 O" }]);
}

#[test]
fn all_rows_arrive_and_are_compared() {
    for (source, target) in pairs() {
        let answer = copy(&source, &target, "--batch 333 --format json")
            .expect(0)
            .json();
        assert_eq!(told(&source), told(&target));
        is_tidy(&target);
        let tables = answer["tables"].as_array().unwrap();
        assert!(tables.iter().all(|table| table["put_right"] == false), "{answer}");
        assert_eq!(answer["resumed"], false);
        if source.is_postgres() {
            assert_eq!(target.column("SELECT nextval('loose')::text"), ["3"]);
            assert_eq!(
                target.column("SELECT nextval(pg_get_serial_sequence('users', 'id'))::text"),
                ["3001"]
            );
            assert_eq!(target.column("SELECT count::text FROM counts"), ["3000"]);
        }
    }
}

#[test]
fn a_target_with_rows_is_left_alone_until_its_name_is_typed() {
    for (source, target) in pairs() {
        target.execute("INSERT INTO keyless VALUES ('theirs', 1)");
        let refused = copy(&source, &target, "").expect(2);
        assert!(
            refused.stderr.contains("is not empty: `") && refused.stderr.contains("--confirm"),
            "{}",
            refused.stderr
        );
        copy(&source, &target, "--confirm nonsense").expect(2);
        assert_eq!(target.column("SELECT a FROM keyless"), ["theirs"]);
        let hint = refused.stderr.split("--confirm ").nth(1).unwrap();
        let name = hint.split('`').next().unwrap();
        copy(&source, &target, &format!("--confirm {name}")).expect(0);
        assert_eq!(told(&source), told(&target));
        is_tidy(&target);
    }
}

#[test]
fn a_target_without_room_is_told_what_is_missing() {
    for (source, target) in pairs() {
        source.execute("ALTER TABLE users ADD COLUMN more text; CREATE TABLE extra (id int);");
        let refused = copy(&source, &target, "").expect(2);
        for words in [
            "users.more is missing",
            "extra is missing",
            "run its migrations there",
        ] {
            assert!(refused.stderr.contains(words), "{}", refused.stderr);
        }
    }
}

#[test]
fn an_empty_target_gets_its_tables_from_the_migrations() {
    for (source, target) in Place::each().into_iter().zip(Place::each()) {
        for place in [&source, &target] {
            place.write(super::PAIRS);
        }
        source.migrate("up").expect(0);
        source.execute("INSERT INTO users VALUES (1), (2)");
        // The second migration puts a row into a table that was there to be copied.
        let refused = copy(&source, &target, "").expect(2);
        assert!(refused.stderr.contains("is not empty"), "{}", refused.stderr);
        let name = if target.is_postgres() {
            target
                .url
                .rsplit('/')
                .next()
                .unwrap()
                .split('?')
                .next()
                .unwrap()
                .to_owned()
        } else {
            "store.db".to_owned()
        };
        let answer = copy(&source, &target, &format!("--confirm {name} --format json"))
            .expect(0)
            .json();
        assert_eq!(answer["rows"], 3);
        let bare = Place::each()
            .into_iter()
            .find(|place| place.is_postgres() == source.is_postgres())
            .unwrap();
        let refused = copy(&source, &bare, "").expect(2);
        assert!(
            refused
                .stderr
                .contains("has no tables, and there are no migrations"),
            "{}",
            refused.stderr
        );
    }
}

/// Killed at twenty random moments, then finished: nothing is lost, nothing doubled, and what the source changed in between is there.
#[test]
fn a_killed_copy_goes_on_where_it_stopped() {
    for (source, target) in pairs() {
        for round in 0..20_u32 {
            let mut child = target
                .sandbox
                .command(arguments(&source, &target, "--batch 40"))
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            // From before its first statement to well into the work.
            std::thread::sleep(Duration::from_millis(u64::from(round * 37 % 241)));
            child.kill().unwrap();
            let status = child.wait().unwrap();
            if status.success() {
                // It was faster than its killer: the next round begins anew.
                is_tidy(&target);
                target.execute(if target.is_postgres() {
                    "TRUNCATE users, left_side, right_side, keyless, events, log, \"Odd \"\"name\"\"\""
                } else {
                    "PRAGMA foreign_keys = OFF; DELETE FROM users; DELETE FROM left_side; DELETE FROM right_side; DELETE FROM keyless; DELETE FROM log; DELETE FROM \"Odd \"\"name\"\"\""
                });
            }
        }
        source.execute(
            "UPDATE users SET name = 'changed meanwhile' WHERE id = 1; DELETE FROM keyless WHERE a IS NULL",
        );
        copy(&source, &target, "").expect(0);
        assert_eq!(told(&source), told(&target));
        is_tidy(&target);
    }
}

/// A role that owns its tables and nothing else: foreign keys and triggers are taken away and put back.
#[test]
fn no_superuser_is_needed() {
    let (Some(source), Some(target)) = (Place::postgres(), Place::postgres()) else {
        return;
    };
    let role = format!("packwright_copier_{}", std::process::id());
    target.execute(&format!(
        "CREATE ROLE {role} LOGIN; GRANT CREATE ON SCHEMA public TO {role}"
    ));
    let database = target.column("SELECT current_database()::text").remove(0);
    target.execute(&format!("GRANT CREATE ON DATABASE {database} TO {role}"));
    for place in [&source, &target] {
        let schema = if place.url == target.url {
            format!("SET ROLE {role}; {SCHEMA_POSTGRES}")
        } else {
            SCHEMA_POSTGRES.to_owned()
        };
        place.execute(&schema);
    }
    source.execute(ROWS_POSTGRES);
    let (_, rest) = target.url.split_once('@').unwrap();
    let theirs = Place {
        sandbox: crate::sandbox::Sandbox::new(),
        url: format!("postgres://{role}@{rest}"),
        _server: None,
    };
    for round in 0..3_u64 {
        let mut child = target
            .sandbox
            .command(arguments(&source, &theirs, "--batch 40"))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(60 + round * 30));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    copy(&source, &theirs, &format!("--confirm {database}")).expect(0);
    assert_eq!(told(&source), told(&target));
    is_tidy(&target);
    target.execute(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
}

#[test]
fn what_cannot_be_copied_is_refused() {
    let place = Place::sqlite();
    place.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)");
    let failed = |line: &str, words: &str| {
        let run = place.sandbox.line(line).expect(2);
        assert!(run.stderr.contains(words), "{}", run.stderr);
        assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
    };
    failed(
        "db copy --from sqlite:store.db --to sqlite:store.db",
        "is both source and target",
    );
    failed(
        "db copy --from sqlite:none.db --to sqlite:store.db",
        "is not there",
    );
    failed(
        "db copy --from sqlite:store.db --to postgres://u:s3cret@127.0.0.1:1/x",
        "they have no common types",
    );
    failed(
        "db copy --from env:NOPE --to sqlite:store.db",
        "the variable `NOPE` of `--from` is not set",
    );
    failed(
        "db copy --from postgres://u:s3cret@127.0.0.1:1/x --to postgres://u:s3cret@127.0.0.1:1/y",
        "127.0.0.1:1",
    );
    failed("db copy --from sqlite:store.db", "--to");
    failed("db copy --from sqlite:store.db --to-env nope", "no `[env.nope]`");
}
