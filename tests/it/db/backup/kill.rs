//! Runs that are killed or interrupted at any moment, and writers that go on meanwhile.
#![cfg(unix)]

use std::fs;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{back_up, db, name_of};
use crate::db::Place;
use crate::db::faults::wait_until;

fn start(place: &Place, line: &str) -> Child {
    place
        .sandbox
        .command(format!("db {line}").split_whitespace())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// How long a run takes, so that kills fall into all of it.
fn measured(place: &Place, line: &str) -> Duration {
    let begun = Instant::now();
    assert!(start(place, line).wait().unwrap().success());
    begun.elapsed()
}

const ROUNDS: u32 = 24;

#[test]
fn a_backup_that_is_killed_leaves_nothing_that_looks_like_one() {
    for place in super::one_of_each() {
        let whole = measured(&place, "backup --keep 2");
        for round in 0..ROUNDS {
            let mut run = start(&place, "backup --keep 2");
            std::thread::sleep(whole * round / (ROUNDS - 1));
            let _ = run.kill();
            run.wait().unwrap();
            db(&place, "verify-backup --all").expect(0);
        }
        db(&place, "backup --keep 1").expect(0);
        let left: Vec<String> = fs::read_dir(place.sandbox.path(".packwright/backups"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(left.len(), 1, "{left:?}");
        db(&place, "restore latest --drill").expect(0);
    }
}

#[test]
fn a_restore_that_is_killed_leaves_the_old_or_the_new() {
    for place in super::one_of_each() {
        let name = name_of(&place);
        let restore = format!("restore latest --confirm {name}");
        let new = super::everything(&place);
        back_up(&place, "");
        let whole = measured(&place, &restore);
        let (mut old, mut restored) = (0, 0);
        for round in 0..ROUNDS {
            place.execute("DELETE FROM users WHERE id > 1; CREATE TABLE IF NOT EXISTS later (a INTEGER);");
            let mut run = start(&place, &restore);
            std::thread::sleep(whole * round / (ROUNDS - 1));
            let _ = run.kill();
            run.wait().unwrap();
            if place.is_postgres() {
                // The server may be at its commit still: what is looked at first would be old, and what comes after it new.
                wait_until(|| {
                    place.column("SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'").is_empty()
                });
            }
            if place.tables().contains(&"later".to_owned()) {
                old += 1;
                let users = place.column("SELECT CAST(count(*) AS text) FROM users");
                assert_eq!(users, ["1"], "round {round}");
            } else {
                restored += 1;
                assert_eq!(super::everything(&place), new, "round {round}");
            }
        }
        db(&place, &restore).expect(0);
        assert_eq!(super::everything(&place), new);
        assert!(old > 0 && old + restored == ROUNDS, "{old} old, {restored} new");
    }
}

#[test]
fn an_interrupted_run_says_so_and_tidies_up() {
    for place in super::one_of_each() {
        let whole = measured(&place, "backup --keep 1");
        for part in [3, 5, 7] {
            let mut run = start(&place, "backup --keep 1");
            std::thread::sleep(whole * part / 10);
            let killed = std::process::Command::new("kill")
                .args(["-INT", &run.id().to_string()])
                .status();
            assert!(killed.unwrap().success());
            let code = run.wait().unwrap().code();
            // Before it listens, the signal ends it like any program.
            assert!(matches!(code, Some(0 | 130) | None), "{code:?}");
            let names = fs::read_dir(place.sandbox.path(".packwright/backups")).unwrap();
            let drafts = names.filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .starts_with('.')
            });
            assert!(code.is_none() || drafts.count() == 0);
        }
        db(&place, "verify-backup --all").expect(0);
    }
}

/// Two tables that every transaction changes together: a backup has both changes or neither, and counts what it has.
#[test]
fn writers_go_on_and_the_counts_are_of_one_moment() {
    for place in super::one_of_each() {
        place.execute("CREATE TABLE one_side (a INTEGER); CREATE TABLE other_side (a INTEGER);");
        if !place.is_postgres() {
            // So many pages that a copy takes many steps, between which others write.
            place.execute("CREATE TABLE filler (a BLOB); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO filler SELECT randomblob(1000) FROM n");
        }
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    place.execute(
                        "BEGIN; INSERT INTO one_side VALUES (1); INSERT INTO other_side VALUES (1); COMMIT;",
                    );
                }
            });
            let mut seen = Vec::new();
            for _ in 0..4 {
                let folder = back_up(&place, "");
                let tables = super::manifest(&folder)["tables"].clone();
                let schema = if place.is_postgres() { "public." } else { "" };
                let rows = |table: &str| tables[format!("{schema}{table}")].as_u64().unwrap();
                assert_eq!(rows("one_side"), rows("other_side"), "{tables}");
                seen.push(rows("one_side"));
                // The rows of the copy itself are counted here.
                db(&place, &format!("verify-backup {}", folder.display())).expect(0);
            }
            stop.store(true, Ordering::Relaxed);
            assert!(seen[0] < seen[3], "nothing was written meanwhile: {seen:?}");
        });
        db(&place, "restore latest --drill").expect(0);
    }
}

/// Whoever has a SQLite file open sees the restored rows without opening it anew.
#[test]
fn a_connection_that_stays_open_sees_the_restored_rows() {
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions as _, Row as _};
    let place = super::filled(Place::sqlite());
    back_up(&place, "");
    crate::postgres::block_on(async {
        let options: SqliteConnectOptions = place.url.parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        let count = "SELECT count(*) FROM users";
        sqlx::raw_sql("DELETE FROM users")
            .execute(&mut connection)
            .await
            .unwrap();
        db(&place, "restore latest --confirm store.db").expect(0);
        let row = sqlx::query(count).fetch_one(&mut connection).await.unwrap();
        assert_eq!(row.get::<i64, _>(0), 2);
        sqlx::raw_sql("INSERT INTO users (name) VALUES ('Cy')")
            .execute(&mut connection)
            .await
            .unwrap();
    });
    assert_eq!(place.column("SELECT CAST(count(*) AS text) FROM users"), ["3"]);
}
