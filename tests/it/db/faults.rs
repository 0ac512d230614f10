//! Runs beside each other, runs that wait, runs that are interrupted or killed.

use std::fs;
use std::process::Child;
use std::time::{Duration, Instant};

use super::Place;
use super::storm::{assert_applied_once, many};

#[test]
fn of_eight_runs_at_once_one_applies_and_the_others_wait() {
    const ROUNDS: usize = 50;
    for place in Place::each() {
        let files = many(&place, 1 + ROUNDS * 2);
        let (first, more) = files.split_at(1);
        place.write(first);
        place.migrate("up").expect(0);
        for (round, files) in more.chunks(2).enumerate() {
            place.write(files);
            // Every other round some have no patience: they say who is in their way.
            let patience = if round % 2 == 0 { "" } else { " --lock-timeout 0" };
            let runs: Vec<Child> = (0..8)
                .map(|run| place.start(&format!("up{}", if run < 4 { "" } else { patience })))
                .collect();
            let mut applied = Vec::new();
            for run in runs {
                let run = place.sandbox.shown(&run.wait_with_output().unwrap());
                if run.code == 2 && !patience.is_empty() {
                    assert!(
                        run.stderr.contains("the lock is held by packwright, process "),
                        "{run:?}"
                    );
                } else {
                    assert_eq!(run.code, 0, "{run:?}");
                }
                let count = run.stdout.matches("applied ").count();
                applied.extend((count > 0).then_some(count));
            }
            assert_eq!(applied, [2], "in round {round}");
        }
        assert_applied_once(&place, files.len());
    }
}

#[test]
fn a_run_that_waits_too_long_names_the_holder_and_a_killed_holder_blocks_nobody() {
    for place in Place::each() {
        let slow = if place.is_postgres() {
            "SELECT pg_sleep(600);"
        } else {
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c WHERE x < 0;"
        };
        place.write(&[("1_slow.sql", slow)]);
        let mut holder = place.start("up");
        wait_until(|| {
            if place.is_postgres() {
                !place.column("SELECT 'held' FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").is_empty()
            } else {
                fs::read(place.sandbox.path("store.db.packwright-lock")).is_ok_and(|note| !note.is_empty())
            }
        });
        let run = place.migrate("up --lock-timeout 0").expect(2);
        assert!(
            run.stderr.contains("is still being migrated by another run"),
            "{run:?}"
        );
        assert!(
            run.stderr.contains(&format!(
                "the lock is held by packwright, process {} on ",
                holder.id()
            )),
            "{run:?}"
        );
        holder.kill().unwrap();
        holder.wait().unwrap();
        place.write(&[("1_slow.sql", "CREATE TABLE quick (a INTEGER);")]);
        place.migrate("up").expect(0);
        assert_eq!(place.tables(), ["quick"]);
        assert!(!place.sandbox.path("store.db.packwright-lock").exists());
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_so_and_lets_go_of_the_lock() {
    for place in Place::each() {
        let slow = if place.is_postgres() {
            "SELECT pg_sleep(600);"
        } else {
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c WHERE x < 0;"
        };
        place.write(&[("1_ok.sql", "CREATE TABLE ok (a INTEGER);"), ("2_slow.sql", slow)]);
        let run = place.start("up");
        wait_until(|| place.sandbox.path("store.db").exists() || place.is_postgres());
        wait_until(|| place.states().get(&1).is_some_and(|state| state == "applied"));
        let killed = std::process::Command::new("kill")
            .args(["-INT", &run.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        let run = place.sandbox.shown(&run.wait_with_output().unwrap()).expect(130);
        assert!(run.stdout.contains("applied"), "{run:?}");
        assert!(run.stderr.contains("what was applied stays applied"), "{run:?}");
        place.write(&[("2_slow.sql", "SELECT 1;")]);
        place.migrate("up").expect(0);
        assert_eq!(place.versions(), ["1", "2"]);
    }
}

#[track_caller]
pub fn wait_until(mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "it never came to be");
        std::thread::sleep(Duration::from_millis(10));
    }
}
