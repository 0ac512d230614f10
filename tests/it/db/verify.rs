//! `db migrate verify`: files, history and schema.

use super::faults::wait_until;
use super::{PAIRS, Place};

fn rules(answer: &serde_json::Value) -> Vec<&str> {
    let findings = answer["findings"].as_array().unwrap().iter();
    findings.map(|one| one["rule"].as_str().unwrap()).collect()
}

/// Everything that the engine knows, made and unmade.
fn rich(place: &Place) -> (&'static str, &'static str) {
    if place.is_postgres() {
        (
            "CREATE SCHEMA app;
             CREATE TYPE app.mood AS ENUM ('good', 'bad');
             CREATE DOMAIN app.positive AS integer CHECK (VALUE > 0);
             CREATE TABLE app.items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n app.positive DEFAULT 3, mood app.mood, double integer GENERATED ALWAYS AS (n * 2) STORED);
             CREATE INDEX items_n ON app.items (n) WHERE n > 1;
             ALTER TABLE app.items ENABLE ROW LEVEL SECURITY;
             CREATE POLICY own ON app.items USING (n > 2);
             CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
             CREATE TRIGGER touch BEFORE UPDATE ON app.items FOR EACH ROW EXECUTE FUNCTION app.touch();
             CREATE VIEW app.all_items AS SELECT * FROM app.items;
             CREATE MATERIALIZED VIEW app.counts AS SELECT count(*) FROM app.items;
             CREATE AGGREGATE app.total (integer) (SFUNC = int4pl, STYPE = integer);
             GRANT SELECT ON app.items TO PUBLIC;
             COMMENT ON TABLE app.items IS 'what there is';
             ALTER TABLE users ADD COLUMN item bigint REFERENCES app.items;",
            "ALTER TABLE users DROP COLUMN item; DROP SCHEMA app CASCADE;",
        )
    } else {
        (
            "CREATE TABLE items (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER DEFAULT 3 CHECK (n > 0), UNIQUE (n)) STRICT;
             CREATE INDEX items_n ON items (n) WHERE n > 1;
             CREATE VIEW all_items AS SELECT * FROM items;
             CREATE TRIGGER touch AFTER UPDATE ON items BEGIN SELECT 1; SELECT 2; END;
             ALTER TABLE users ADD COLUMN item INTEGER REFERENCES items (id);
             PRAGMA user_version = 3;",
            "ALTER TABLE users DROP COLUMN item; DROP VIEW all_items; DROP TABLE items; PRAGMA user_version = 0;",
        )
    }
}

#[test]
fn what_is_undone_as_a_whole_passes_and_the_database_is_left_alone() {
    for place in Place::each() {
        let (up, down) = rich(&place);
        place.write(PAIRS);
        place.write(&[("3_rich.up.sql", up), ("3_rich.down.sql", down)]);
        place.migrate("up --to 2").expect(0);
        place.execute("INSERT INTO users VALUES (7)");
        let answer = place.migrate("verify --format json").expect(0).json();
        assert_eq!(rules(&answer), [] as [&str; 0], "{answer:#}");
        for (key, count) in [("files", 3), ("applied", 2), ("run", 3), ("reversed", 3)] {
            assert_eq!(answer[key], count, "{key} in {answer:#}");
        }
        assert_eq!(answer["schema_compared"], true);
        assert_eq!(place.column("SELECT CAST(id AS text) FROM users"), ["7"]);
        assert_eq!(place.states()[&3], "pending");
        if place.is_postgres() {
            assert_eq!(
                place.column("SELECT datname::text FROM pg_database WHERE datname LIKE 'packwright_scratch%' AND datname LIKE '%' || pg_backend_pid()"),
                [] as [&str; 0]
            );
        }
        place.migrate("up").expect(0);
        let run = place.migrate("verify").expect(0);
        assert!(run.stdout.contains("all is well"), "{run:?}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_look_leaves_no_scratch_database() {
    let Some(place) = Place::postgres() else { return };
    place.write(&[("1_slow.sql", "SELECT pg_sleep(600);")]);
    let run = place.start("verify");
    let scratch = format!(
        "SELECT datname::text FROM pg_database WHERE datname LIKE 'packwright\\_scratch\\_%\\_{}'",
        run.id()
    );
    wait_until(|| !place.column(&scratch).is_empty());
    let id = rustix::process::Pid::from_child(&run);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    place.sandbox.shown(&run.wait_with_output().unwrap()).expect(130);
    assert_eq!(place.column(&scratch), [""; 0]);
}

#[test]
fn what_an_undo_leaves_behind_is_named() {
    for place in Place::each() {
        place.write(PAIRS);
        place.write(&[
            (
                "3_names.up.sql",
                "ALTER TABLE users ADD COLUMN name text; CREATE INDEX users_name ON users (name);",
            ),
            ("3_names.down.sql", "DROP INDEX users_name;"),
        ]);
        let run = place.migrate("verify").expect(1);
        assert!(
            run.stdout
                .contains("after up and down the schema is not what it was before [undo-leaves-changes]"),
            "{run:?}"
        );
        assert!(
            run.stdout.contains("users: column name is new: `text`"),
            "{run:?}"
        );
        assert!(run.stdout.contains("[does-not-apply-again]"), "{run:?}");
    }
}

#[test]
fn a_table_that_is_put_back_otherwise_is_a_difference_and_another_order_of_columns_a_warning() {
    for place in Place::each() {
        place.write(&[
            (
                "1_a.sql",
                "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', b TEXT);",
            ),
            ("2_b.up.sql", "ALTER TABLE t DROP COLUMN a;"),
            (
                "2_b.down.sql",
                "ALTER TABLE t ADD COLUMN a TEXT NOT NULL DEFAULT 'x';",
            ),
        ]);
        let answer = place.migrate("verify --format json").expect(0).json();
        assert_eq!(rules(&answer), ["undo-leaves-changes"]);
        assert_eq!(answer["findings"][0]["severity"], "warning");
        assert_eq!(answer["findings"][0]["differences"][0]["part"], "column order");
        place.write(&[("2_b.down.sql", "ALTER TABLE t ADD COLUMN a TEXT;")]);
        let answer = place.migrate("verify --format json").expect(1).json();
        let differences = answer["findings"][0]["differences"].as_array().unwrap();
        assert!(
            differences.iter().any(|one| one["part"] == "column a"),
            "{answer:#}"
        );
    }
}

#[test]
fn a_schema_that_was_changed_by_hand_is_drift() {
    for place in Place::each() {
        place.write(PAIRS);
        place.migrate("up").expect(0);
        place.execute("ALTER TABLE users ADD COLUMN sneaked text; CREATE TABLE extra (a integer);");
        let answer = place.migrate("verify --format json").expect(1).json();
        assert_eq!(rules(&answer), ["drift"], "{answer:#}");
        let run = place.migrate("verify").expect(1);
        assert!(
            run.stdout.contains("users: column sneaked is new: `text`"),
            "{run:?}"
        );
        assert!(run.stdout.contains("extra is new"), "{run:?}");
        place.migrate("verify --no-scratch").expect(0);
    }
}

#[test]
fn files_are_held_against_the_history() {
    for place in Place::each() {
        place.write(&[
            ("1_a.sql", "CREATE TABLE a (x integer);"),
            ("2_b.sql", "CREATE TABLE b (x integer);"),
            ("4_d.sql", "CREATE TABLE d (x integer);"),
            ("5_e.sql", "CREATE TABLE e (x integer);"),
        ]);
        place.migrate("up").expect(0);
        place.write(&[
            ("1_a.sql", "-- why\nCREATE TABLE a (x integer);"),
            ("2_b.sql", "CREATE TABLE b (y integer);"),
            ("3_c.sql", "CREATE TABLE c (x integer);"),
        ]);
        std::fs::remove_file(place.sandbox.path("migrations/4_d.sql")).unwrap();
        let answer = place.migrate("verify --format json").expect(1).json();
        assert_eq!(
            rules(&answer),
            ["reformatted-file", "edited-file", "out-of-order", "missing-file"]
        );
        assert_eq!(answer["schema_compared"], false);
        assert_eq!(answer["run"], 4);
    }
}

#[test]
fn what_reaches_beyond_a_scratch_database_is_not_run() {
    for place in Place::each() {
        let text = if place.is_postgres() {
            "CREATE ROLE packwright_never_made;"
        } else {
            "-- no-transaction\nATTACH 'other.db' AS other;"
        };
        place.write(&[
            ("1_a.sql", "SELECT 1;"),
            ("2_b.sql", text),
            ("3_c.sql", "SELECT 1;"),
        ]);
        let run = place.migrate("verify").expect(1);
        assert!(run.stdout.contains("[cannot-run]"), "{run:?}");
        assert!(run.stderr.contains("1 later migration"), "{run:?}");
        assert!(!place.sandbox.path("other.db").exists());
        if place.is_postgres() {
            assert_eq!(
                place.column("SELECT rolname::text FROM pg_roles WHERE rolname = 'packwright_never_made'"),
                [] as [&str; 0]
            );
        }
    }
}

#[test]
fn a_broken_file_is_a_finding_with_its_line() {
    for place in Place::each() {
        place.write(&[
            ("1_a.up.sql", "CREATE TABLE a (x integer);"),
            ("1_a.down.sql", "\nDROP TABLE nowhere;"),
            ("2_b.sql", "SELECT 1;\nINSERT INTO gone VALUES (1);"),
        ]);
        let answer = place.migrate("verify --format json").expect(1).json();
        assert_eq!(rules(&answer), ["does-not-undo", "does-not-apply"], "{answer:#}");
        let message = answer["findings"][1]["message"].as_str().unwrap();
        assert!(
            message.contains("2_b.sql` line 2 could not be applied"),
            "{message}"
        );
    }
}

#[test]
fn a_branch_is_held_against_the_one_it_goes_to() {
    let place = Place::sqlite();
    let git = |line: &str| {
        let mut command = std::process::Command::new("git");
        command
            .args(line.split_whitespace())
            .current_dir(place.sandbox.path(""));
        command
            .env("HOME", place.sandbox.home())
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "Dana")
                .env(format!("GIT_{who}_EMAIL"), "dana@example.org");
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "git {line}: {output:?}");
    };
    let commit = || {
        git("add -A");
        git("commit -qm more");
    };
    let table = |name: &str| format!("CREATE TABLE {name} (a INTEGER);");
    git("init -q -b main");
    place.write(&[("1_a.sql", &table("a")), ("2_b.sql", &table("b"))]);
    commit();
    git("checkout -q -b ours");
    place.write(&[("3_ours.sql", &table("ours"))]);
    commit();
    place.migrate("verify --base main").expect(0);
    git("checkout -q -b theirs main");
    place.write(&[("4_theirs.sql", &table("theirs"))]);
    commit();
    git("branch -f main");
    git("checkout -q ours");
    place.write(&[("2_b.sql", &table("b2"))]);
    let run = place.migrate("verify --base main").expect(1);
    assert!(
        run.stdout.contains(
            "error: migrations/3_ours.sql: `main` has version 4 by now, which this branch would come too late for [out-of-order]"
        ),
        "{run:?}"
    );
    assert!(
        run.stdout.contains("error: migrations/2_b.sql: `main` has it already, and this branch changes its statements [edited-file]"),
        "{run:?}"
    );
    // The remedy: merge, then renumber.
    place.write(&[("2_b.sql", &table("b"))]);
    git("merge -q --no-edit main");
    place.migrate("renumber 3").expect(0);
    assert!(place.sandbox.path("migrations/5_ours.sql").exists());
    place.migrate("verify --base main").expect(0);

    let run = place.migrate("verify --base nowhere").expect(2);
    assert!(
        run.stderr.contains("there is no git revision `nowhere`"),
        "{run:?}"
    );
}
