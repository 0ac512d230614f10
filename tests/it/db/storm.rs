//! Runs, and on PostgreSQL servers too, that are killed again and again at points chosen at random: nothing is lost, nothing is done
//! twice, no lock stays, and the next run goes on.

use std::process::Child;
use std::time::{Duration, Instant};

use super::Place;

/// Files of a storm. Every seventh runs without transaction, on PostgreSQL with an index built concurrently.
const FILES: usize = 30;

#[test]
fn two_hundred_kills_of_runs_lose_and_repeat_nothing_on_sqlite() {
    let kills = storm(&Place::sqlite(), 200, |_, mut run, _| {
        run.kill().unwrap();
        run.wait().unwrap();
    });
    assert_eq!(kills, 200);
}

#[cfg(target_os = "linux")]
#[test]
fn two_hundred_kills_of_runs_and_of_the_server_lose_and_repeat_nothing_on_postgres() {
    let Some(mut cluster) = crate::postgres::Cluster::new() else {
        return;
    };
    let place = Place::at(cluster.url());
    let kills = storm(&place, 200, |place, mut run, count| {
        // One in three the run, one in three the server, one in three both.
        if count % 3 != 1 {
            run.kill().unwrap();
        }
        if count % 3 == 0 {
            run.wait().unwrap();
            return;
        }
        cluster.kill();
        let output = run.wait_with_output().unwrap();
        cluster.start();
        if count % 3 == 1 {
            // The blow may have come after its last word.
            let run = place.sandbox.shown(&output);
            let said = run.stderr.starts_with("error: ") && !run.stderr.contains("panicked");
            assert!(run.code == 0 || run.code == 2 && said, "{run:?}");
        }
    });
    assert_eq!(kills, 200);
}

/// Runs all the way up, all the way down and up again, and has each run struck until `kills` of them were; what is left behind must
/// make sense each time, and the next run must go on from there. Returns how many were struck.
fn storm(place: &Place, kills: usize, mut strike: impl FnMut(&Place, Child, usize)) -> usize {
    // A fixed sequence, so that a failure can be looked at again.
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    place.write(&many(place, FILES));
    for (name, text) in ways_back(place, FILES) {
        place.write(&[(&name, &text)]);
    }
    let mut struck = 0;
    // How long a whole run takes, so that it is struck anywhere, however fast this machine is.
    let mut whole = [200_000; 2];
    while struck < kills {
        for (way, arguments) in ["up", "down --to 1"].into_iter().enumerate() {
            loop {
                let start = Instant::now();
                let mut run = place.start(arguments);
                std::thread::sleep(Duration::from_micros(random(whole[way])));
                if struck < kills && run.try_wait().unwrap().is_none() {
                    strike(place, run, struck);
                    struck += 1;
                    assert_makes_sense(place);
                } else {
                    let output = run.wait_with_output().unwrap();
                    place.sandbox.shown(&output).expect(0);
                    let took = u64::try_from(start.elapsed().as_micros()).unwrap();
                    whole[way] = took.clamp(20_000, 2 * whole[way]);
                    break;
                }
            }
            match way {
                0 => assert_applied_once(place, FILES),
                _ => assert_eq!(
                    (place.versions(), place.tables()),
                    (vec!["1".to_owned()], vec!["log".to_owned()])
                ),
            }
        }
    }
    struck
}

/// What the history says is applied is there, and nothing is there that is not in it but for what a file without transaction, which
/// stopped half way, did so far.
fn assert_makes_sense(place: &Place) {
    if !place.tables().contains(&"log".to_owned()) {
        assert_eq!(place.tables(), [""; 0]);
        return;
    }
    let states = place.states();
    let logged = place.column("SELECT CAST(version AS text) FROM log ORDER BY log.version");
    let mut once = logged.clone();
    once.dedup();
    assert_eq!(once, logged, "done twice");
    let tables = place.tables();
    for (version, state) in &states {
        let is_made = *version == 1 || tables.contains(&format!("t{version}"));
        let is_logged = logged.contains(&version.to_string());
        match state.as_str() {
            "applied" => assert!(
                is_made && is_logged,
                "{version} is not there: {tables:?} {logged:?}"
            ),
            "pending" => assert!(
                !is_made && !is_logged,
                "{version} is there: {tables:?} {logged:?}"
            ),
            other => assert!(version % 7 == 0, "{version} is {other}"),
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
            format!("{directive}DROP INDEX {concurrently} i{version};\nDELETE FROM log WHERE version = {version};\nDROP TABLE t{version};\n"),
        )
    });
    each.collect()
}

/// `count` migrations that each make a table and leave a line in a log; every seventh runs without transaction, on PostgreSQL with an
/// index that is built concurrently.
pub fn many(place: &Place, count: usize) -> Vec<(&'static str, &'static str)> {
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

pub fn assert_applied_once(place: &Place, count: usize) {
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
