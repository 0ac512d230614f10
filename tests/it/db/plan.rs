//! `db migrate plan`: what migrations would do, found out where it does no harm.

use super::{PAIRS, Place};

#[test]
fn without_execution_it_is_a_list() {
    for place in Place::each() {
        place.write(PAIRS);
        let answer = place.migrate("plan --format json").expect(0).json();
        assert_eq!(answer["executed"], "nowhere");
        assert_eq!(answer["migrations"][1]["outcome"], "planned");
        assert!(!place.sandbox.path("store.db").exists());
        assert!(!place.is_postgres() || place.tables().is_empty());
    }
}

#[test]
fn locks_rewrites_and_rows_are_told_and_nothing_is_kept() {
    for place in Place::each() {
        place.write(PAIRS);
        place.migrate("up").expect(0);
        place.execute("INSERT INTO users VALUES (1), (2), (3)");
        let change = if place.is_postgres() {
            "SELECT 1;\nALTER TABLE users ALTER COLUMN id TYPE bigint;\nCREATE INDEX roles_id ON roles (id);\nUPDATE users SET id = id + 10;\n"
        } else {
            "CREATE TABLE fresh (id INTEGER PRIMARY KEY, n);\nINSERT INTO fresh SELECT id, 1 FROM users;\nDROP TABLE users;\nALTER TABLE fresh RENAME TO users;\n"
        };
        place.write(&[("3_change.sql", change)]);
        for (stage, rows) in [("scratch", 0), ("transaction", 3)] {
            let answer = place
                .migrate(&format!("plan --execute={stage} --format json"))
                .expect(0)
                .json();
            assert_eq!(answer["executed"], stage);
            let one = &answer["migrations"][0];
            assert_eq!(one["outcome"], "ran", "{answer:#}");
            let effects = &one["effects"];
            if place.is_postgres() {
                assert_eq!(
                    effects["rewritten_tables"],
                    serde_json::json!(["public.users"]),
                    "{effects:#}"
                );
                assert_eq!(
                    effects["locks"],
                    serde_json::json!([
                        {"table": "public.users", "mode": "ACCESS EXCLUSIVE", "effect": "reads and writes wait", "line": 2},
                        {"table": "public.roles", "mode": "SHARE", "effect": "writes wait", "line": 3}
                    ])
                );
                let touched: i64 = effects["rows"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|one| one["updated"].as_i64().unwrap())
                    .sum();
                assert_eq!(touched, rows);
            } else {
                assert_eq!(
                    effects["rewritten_tables"],
                    serde_json::json!(["users"]),
                    "{effects:#}"
                );
                assert!(effects["locks"].is_null());
                let touched = effects["rows"][0]["updated"].as_i64().unwrap_or_default();
                assert!(touched >= rows, "{effects:#}");
            }
        }
        assert_eq!(place.states()[&3], "pending");
        assert_eq!(
            place.column("SELECT CAST(id AS text) FROM users ORDER BY 1"),
            ["1", "2", "3"]
        );
        let run = place.migrate("plan --execute").expect(0);
        assert!(run.stdout.contains("works"), "{run:?}");
        assert!(run.stderr.contains("empty scratch database"), "{run:?}");
    }
}

#[test]
fn a_file_that_would_fail_is_found_and_those_after_it_are_not_run() {
    for place in Place::each() {
        place.write(PAIRS);
        place.write(&[
            ("3_bad.sql", "SELECT 1;\nINSERT INTO nowhere VALUES (1);"),
            ("4_more.sql", "SELECT 1;"),
        ]);
        for stage in ["scratch", "transaction"] {
            let answer = place
                .migrate(&format!("plan --execute={stage} --format json"))
                .expect(1)
                .json();
            let outcomes: Vec<_> = answer["migrations"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["outcome"].as_str().unwrap())
                .collect();
            assert_eq!(outcomes, ["ran", "ran", "failed", "not-run"], "{answer:#}");
            assert!(
                answer["migrations"][2]["reason"]
                    .as_str()
                    .unwrap()
                    .contains("3_bad.sql` line 2 would fail"),
                "{answer:#}"
            );
        }
        assert!(!place.sandbox.path("store.db").exists());
        assert!(!place.is_postgres() || place.tables().is_empty());
    }
}

#[test]
fn what_runs_without_transaction_is_run_in_a_scratch_database_only() {
    for place in Place::each() {
        place.write(&[
            ("1_a.sql", "CREATE TABLE a (x integer);"),
            ("2_b.sql", "-- no-transaction\nCREATE INDEX a_x ON a (x);"),
        ]);
        let answer = place.migrate("plan --execute --format json").expect(0).json();
        assert_eq!(answer["migrations"][1]["outcome"], "ran");
        place.migrate("up --to 1").expect(0);
        let run = place.migrate("plan --execute=transaction").expect(0);
        assert!(run.stdout.contains("could not be rolled back"), "{run:?}");
    }
}
