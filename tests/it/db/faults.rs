//! Runs beside each other, runs that wait, runs that are interrupted or killed.

use std::fs;
use std::process::Child;
use std::time::{Duration, Instant};

use super::Place;

#[test]
fn two_runs_at_once_apply_everything_once() {
    for place in Place::each() {
        place.write(&many(&place, 20));
        let runs: Vec<Child> = (0..3).map(|_| place.start("up")).collect();
        let mut applied = 0;
        for run in runs {
            let output = run.wait_with_output().unwrap();
            let run = place.sandbox.shown(&output).expect(0);
            applied += run.stdout.matches("applied ").count();
        }
        assert_eq!(applied, 20);
        assert_applied_once(&place, 20);
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

#[test]
fn killed_at_random_twenty_times_everything_is_applied_exactly_once() {
    const KILLS: usize = 20;
    const FILES: usize = 60;
    // A fixed sequence, so that a failure can be looked at again.
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    for fresh in [|| Some(Place::sqlite()), Place::postgres] {
        let Some(first) = fresh() else { continue };
        first.write(&many(&first, FILES));
        let start = Instant::now();
        first.migrate("up").expect(0);
        let whole = u64::try_from(start.elapsed().as_micros()).unwrap();
        let mut kills = 0;
        while kills < KILLS {
            let place = fresh().unwrap();
            place.write(&many(&place, FILES));
            while kills < KILLS {
                let mut run = place.start("up");
                // Anywhere in a run, however fast this machine is.
                std::thread::sleep(Duration::from_micros(random(whole)));
                if run.try_wait().unwrap().is_some() {
                    break;
                }
                run.kill().unwrap();
                run.wait().unwrap();
                kills += 1;
            }
            place.migrate("up").expect(0);
            assert_applied_once(&place, FILES);
        }
    }
}

#[test]
fn a_way_back_that_is_killed_anywhere_is_completed_by_the_next_run() {
    const FILES: usize = 14;
    const KILLS: usize = 40;
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    for fresh in [|| Some(Place::sqlite()), Place::postgres] {
        let mut whole = 60_000;
        let mut kills = 0;
        while kills < KILLS {
            let Some(place) = fresh() else { break };
            place.write(&many(&place, FILES));
            for (name, text) in ways_back(&place, FILES) {
                place.write(&[(&name, &text)]);
            }
            place.execute("CREATE TABLE undone (version INTEGER NOT NULL)");
            place.migrate("up").expect(0);
            while kills < KILLS {
                let start = Instant::now();
                let mut run = place.start("down --to 1");
                std::thread::sleep(Duration::from_micros(random(whole)));
                if run.try_wait().unwrap().is_some() {
                    whole = u64::try_from(start.elapsed().as_micros()).unwrap();
                    break;
                }
                run.kill().unwrap();
                run.wait().unwrap();
                kills += 1;
            }
            place.migrate("down --to 1").expect(0);
            assert_eq!(place.versions(), ["1"]);
            let all: Vec<String> = (2..=FILES).map(|version| version.to_string()).collect();
            assert_eq!(
                place.column("SELECT CAST(version AS text) FROM undone ORDER BY undone.version"),
                all
            );
            assert_eq!(place.tables(), ["log", "undone"]);
            place.migrate("up").expect(0);
        }
    }
}

/// The way back of each of [`many`], every seventh without transaction and statement by statement.
fn ways_back(place: &Place, count: usize) -> Vec<(String, String)> {
    let each = (2..=count).map(|version| {
        let (directive, concurrently) = match version % 7 {
            0 if place.is_postgres() => ("-- no-transaction\n", "CONCURRENTLY"),
            0 => ("-- no-transaction\n", ""),
            _ => ("", ""),
        };
        (
            format!("{version}_table.down.sql"),
            format!("{directive}DROP INDEX {concurrently} i{version};\nINSERT INTO undone VALUES ({version});\nDELETE FROM log WHERE version = {version};\nDROP TABLE t{version};\n"),
        )
    });
    each.collect()
}

/// `count` migrations that each make a table and leave a line in a log; every seventh runs without transaction, on PostgreSQL with an
/// index that is built concurrently.
fn many(place: &Place, count: usize) -> Vec<(&'static str, &'static str)> {
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let mut files = vec![(
        "1_log.sql",
        "CREATE TABLE log (version INTEGER NOT NULL);\nINSERT INTO log VALUES (1);\n",
    )];
    for version in 2..=count {
        let (directive, concurrently) = match version % 7 {
            0 if place.is_postgres() => ("-- no-transaction\n", "CONCURRENTLY"),
            0 => ("-- no-transaction\n", ""),
            _ => ("", ""),
        };
        files.push((
            leak(format!("{version}_table.sql")),
            leak(format!("{directive}CREATE TABLE t{version} (a INTEGER);\nINSERT INTO log VALUES ({version});\nCREATE INDEX {concurrently} i{version} ON t{version} (a);\n")),
        ));
    }
    files
}

fn assert_applied_once(place: &Place, count: usize) {
    let all: Vec<String> = (1..=count).map(|version| version.to_string()).collect();
    assert_eq!(place.versions(), all);
    assert_eq!(
        place.column("SELECT CAST(version AS text) FROM log ORDER BY log.version"),
        all
    );
    assert_eq!(place.tables().len(), count);
    if place.is_postgres() {
        let broken = place.column("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid");
        assert_eq!(broken, [""; 0]);
    }
    assert!(place.states().values().all(|state| state == "applied"));
}

#[track_caller]
fn wait_until(mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "it never came to be");
        std::thread::sleep(Duration::from_millis(10));
    }
}
