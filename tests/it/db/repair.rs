//! The history put right and kept: repair, redo, baseline, renumber, environments, the log.

use std::fs;

use super::{PAIRS, Place};

#[test]
fn a_changed_comment_is_recorded_and_a_changed_statement_only_by_name() {
    for place in Place::each() {
        place.write(PAIRS);
        place.migrate("up").expect(0);
        place.write(&[
            (
                "1_users.up.sql",
                "-- who\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n",
            ),
            (
                "2_roles.up.sql",
                "CREATE TABLE roles (id INTEGER PRIMARY KEY);\nINSERT INTO roles VALUES (2);\n",
            ),
        ]);
        let run = place.migrate("repair").expect(2);
        assert!(run.stdout.contains("+-- who"), "{run:?}");
        assert!(
            run.stderr.contains("nobody to ask") && run.stderr.contains("--yes"),
            "{run:?}"
        );
        assert_eq!(place.states()[&1], "reformatted");
        let answer = place.migrate("repair --dry-run --format json").expect(1).json();
        assert_eq!(answer["repairs"][0]["only_comments"], true);
        assert_eq!(answer["repairs"][1]["repaired"], false);
        let diff = answer["repairs"][1]["diff"].as_str().unwrap();
        assert!(
            diff.contains("-INSERT INTO roles VALUES (1);")
                && diff.contains("+INSERT INTO roles VALUES (2);"),
            "{diff}"
        );
        let run = place.migrate("repair --yes").expect(1);
        assert!(run.stderr.contains("run `db migrate repair 2`"), "{run:?}");
        assert_eq!(place.states()[&1], "applied");
        assert_eq!(place.states()[&2], "edited");
        place.migrate("repair 2 --yes").expect(0);
        assert_eq!(place.states()[&2], "applied");
        place.migrate("up").expect(0);
        let run = place.migrate("repair").expect(0);
        assert!(run.stdout.starts_with("nothing to repair"), "{run:?}");
        assert_eq!(place.column("SELECT CAST(id AS text) FROM roles"), ["1"]);
        let log = place.sandbox.line("db history --format json").expect(0).json();
        let newest = &log["entries"][0];
        assert_eq!(
            (&newest["action"], &newest["version"]),
            (&"repair".into(), &2.into())
        );
        assert!(
            newest["detail"]
                .as_str()
                .unwrap()
                .starts_with("record: it was edited, with the checksum ")
        );
    }
}

#[test]
fn a_half_done_file_is_marked_done_or_forgotten_and_a_lost_one_forgotten() {
    for place in Place::each() {
        let text = "-- no-transaction\nCREATE TABLE one (a integer);\nINSERT INTO nowhere VALUES (1);\n";
        place.write(&[("1_half.sql", text)]);
        place.migrate("up").expect(2);
        assert_eq!(place.states()[&1], "partial");
        let run = place.migrate("repair 1 --yes").expect(2);
        assert!(run.stderr.contains("say `--done` if"), "{run:?}");
        place.migrate("repair 1 --done --yes").expect(0);
        assert_eq!(place.states()[&1], "applied");
        place.migrate("up").expect(0);
        let run = place.migrate("repair 1 --forget --yes").expect(2);
        assert!(run.stderr.contains("is applied as a whole"), "{run:?}");

        place.write(&[("2_lost.sql", "CREATE TABLE two (a integer);")]);
        place.migrate("up").expect(0);
        fs::remove_file(place.sandbox.path("migrations/2_lost.sql")).unwrap();
        place.migrate("up").expect(2);
        place.migrate("repair 2 --forget --yes").expect(0);
        place.migrate("up").expect(0);
        assert_eq!(place.versions(), ["1"]);

        place.write(&[("3_half.sql", &text.replace("one", "three"))]);
        place.migrate("up").expect(2);
        place.execute("DROP TABLE three");
        place.migrate("repair 3 --forget --yes").expect(0);
        assert_eq!(place.states()[&3], "pending");
        let run = place.migrate("repair 9").expect(2);
        assert!(run.stderr.contains("there is no version 9"), "{run:?}");
    }
}

#[test]
fn a_way_back_without_transaction_is_taken_up_where_it_stopped() {
    for place in Place::each() {
        let down = |last: &str| {
            format!("-- no-transaction\nDROP TABLE b;\nINSERT INTO a VALUES (1);\n{last};\nDROP TABLE a;\n")
        };
        place.write(&[
            (
                "1_ab.up.sql",
                "CREATE TABLE a (x integer); CREATE TABLE b (x integer);",
            ),
            ("1_ab.down.sql", &down("INSERT INTO nowhere VALUES (1)")),
        ]);
        place.migrate("up").expect(0);
        let run = place.migrate("down").expect(2);
        assert!(
            run.stderr.contains("1_ab.down.sql` line 4 could not be undone"),
            "{run:?}"
        );
        assert!(
            run.stderr.contains("2 statements before this one took effect"),
            "{run:?}"
        );
        let status = place.migrate("status --format json").expect(0).json();
        let one = &status["migrations"][0];
        assert_eq!(
            (&one["state"], &one["statements_done"], &one["statements"]),
            (&"undoing".into(), &2.into(), &4.into())
        );
        assert_eq!(
            place.versions(),
            [] as [&str; 0],
            "other tools see that it is not whole"
        );
        let run = place.migrate("up").expect(2);
        assert!(
            run.stderr.contains("is half undone: 2 of 4 statements"),
            "{run:?}"
        );
        // What is done may not be changed; what is not may be mended.
        place.write(&[(
            "1_ab.down.sql",
            &down("SELECT 1").replace("VALUES (1)", "VALUES (2)"),
        )]);
        let run = place.migrate("down").expect(2);
        assert!(
            run.stderr.contains("was changed in its first 2 statements"),
            "{run:?}"
        );
        place.write(&[("1_ab.down.sql", &down("SELECT 1"))]);
        place.migrate("down").expect(0);
        assert_eq!(place.tables(), [] as [&str; 0]);
        assert_eq!(place.states()[&1], "pending");
        place.migrate("up").expect(0);
    }
}

#[test]
fn redo_undoes_and_applies_again_what_was_newest() {
    for place in Place::each() {
        place.write(PAIRS);
        place.migrate("up").expect(0);
        place.execute("INSERT INTO roles VALUES (5); INSERT INTO users VALUES (5);");
        let answer = place.migrate("redo --dry-run --format json").expect(0).json();
        assert_eq!(answer["migrations"].as_array().unwrap().len(), 2);
        let answer = place.migrate("redo --format json").expect(0).json();
        assert_eq!(answer["direction"], "redo");
        assert_eq!(answer["version"], 2);
        assert_eq!(answer["migrations"][0]["undone"], true);
        assert_eq!(answer["migrations"][1]["undone"], false);
        assert_eq!(place.column("SELECT CAST(id AS text) FROM roles"), ["1"]);
        assert_eq!(place.column("SELECT CAST(id AS text) FROM users"), ["5"]);
        let run = place.migrate("redo --to 0").expect(0);
        let verbs: Vec<&str> = run
            .stdout
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        assert_eq!(verbs, ["reverted", "reverted", "applied", "applied"]);
    }
}

#[test]
fn a_baseline_records_and_runs_nothing() {
    for place in Place::each() {
        place.write(PAIRS);
        place.execute("CREATE TABLE users (id INTEGER PRIMARY KEY)");
        let answer = place
            .migrate("baseline 1 --dry-run --format json")
            .expect(0)
            .json();
        assert_eq!(answer["migrations"].as_array().unwrap().len(), 1);
        place.migrate("baseline 7").expect(2);
        place.migrate("baseline 1").expect(0);
        assert_eq!(place.versions(), ["1"]);
        place.migrate("verify").expect(0);
        place.migrate("up").expect(0);
        assert_eq!(place.tables(), ["roles", "users"]);
        let run = place.migrate("baseline 1").expect(0);
        assert!(run.stdout.starts_with("nothing to record"), "{run:?}");
    }
}

#[test]
fn files_that_come_too_late_are_renumbered() {
    for place in Place::each() {
        place.write(PAIRS);
        place.write(&[("5_e.sql", "CREATE TABLE e (x integer);")]);
        place.migrate("up").expect(0);
        place.write(&[
            ("3_c.up.sql", "CREATE TABLE c (x integer);"),
            ("3_c.down.sql", "DROP TABLE c;"),
        ]);
        place.migrate("up").expect(2);
        place.migrate("renumber --dry-run").expect(0);
        assert!(place.sandbox.path("migrations/3_c.up.sql").exists());
        place.migrate("renumber").expect(0);
        assert!(place.sandbox.path("migrations/6_c.down.sql").exists());
        place.migrate("up").expect(0);
        assert_eq!(place.states()[&6], "applied");
        let run = place.migrate("renumber").expect(0);
        assert!(run.stdout.starts_with("nothing comes too late"), "{run:?}");
    }
}

#[test]
fn every_run_is_logged_with_its_outcome() {
    for mut place in Place::each() {
        place.sandbox.set("USER", "mona");
        place.write(PAIRS);
        let run = place.sandbox.line("db history").expect(0);
        assert!(run.stdout.starts_with("nothing is recorded"), "{run:?}");
        place.write(&[("3_bad.sql", "INSERT INTO nowhere VALUES (1);")]);
        place.migrate("up").expect(2);
        place.migrate("down").expect(0);
        let log = place.sandbox.line("db history --format json").expect(0).json();
        let lines: Vec<String> = log["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let word = |key: &str| one[key].as_str().unwrap().to_owned();
                format!(
                    "{} {} {} {}",
                    word("action"),
                    one["version"],
                    word("outcome"),
                    word("user")
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                "down 2 done mona",
                "up 3 failed mona",
                "up 2 done mona",
                "up 1 done mona"
            ]
        );
        assert!(
            log["entries"][1]["detail"]
                .as_str()
                .unwrap()
                .contains("3_bad.sql` line 1"),
            "{log:#}"
        );
        assert_eq!(log["entries"][2]["statements"], 2);
        let run = place.sandbox.line("db history --limit 1").expect(0);
        assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
    }
}

#[test]
fn an_environment_is_a_database_with_a_name_and_production_wants_its_name() {
    for mut place in Place::each() {
        place.write(PAIRS);
        place.sandbox.write(
            "packwright.toml",
            "[env.staging]\nurl = \"sqlite:staging.db\"\n\n[env.production]\nurl_variable = \"PRODUCTION\"\n",
        );
        let run = place.migrate("up --env production").expect(2);
        assert!(run.stderr.contains("`PRODUCTION` is not set"), "{run:?}");
        let url = place.url.clone();
        place.sandbox.set("PRODUCTION", &url);
        let run = place.migrate("up --env production").expect(2);
        assert!(
            run.stderr
                .contains("`production` is protected: nothing was changed")
                && run.stderr.contains("--confirm production"),
            "{run:?}"
        );
        let run = place.migrate("up --env production --confirm staging").expect(2);
        assert!(run.stderr.contains("that is not `production`"), "{run:?}");
        place.migrate("up --env production --dry-run").expect(0);
        place.migrate("status --env production").expect(0);
        place
            .migrate("up --env production --confirm production")
            .expect(0);
        assert_eq!(place.tables(), ["roles", "users"]);
        place.migrate("up --env staging").expect(0);
        assert!(place.sandbox.path("staging.db").exists());
        let run = place.migrate("up --env stagin").expect(2);
        assert!(run.stderr.contains("did you mean `staging`?"), "{run:?}");
        place.sandbox.line("db history --env production").expect(0);
    }
}
