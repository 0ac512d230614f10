//! Migrations on PostgreSQL among sessions that hold locks.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _};

use super::Place;
use crate::postgres::{block_on, connect};

/// Holds a lock on a table for so long while the command runs.
fn while_locked(place: &Place, seconds: f64, arguments: &str) -> crate::sandbox::Run {
    let child = block_on(async {
        let mut session = connect(&place.url).await;
        sqlx::raw_sql(AssertSqlSafe("BEGIN; LOCK TABLE t IN ACCESS SHARE MODE"))
            .execute(&mut session)
            .await
            .unwrap();
        let child = place.start(arguments);
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
        session.close().await.unwrap();
        child
    });
    let output = child.wait_with_output().unwrap();
    place.sandbox.shown(&output)
}

#[test]
fn a_lock_that_is_not_free_is_tried_again_and_given_up_with_a_word() {
    let Some(place) = Place::postgres() else { return };
    place.sandbox.write(
        "packwright.toml",
        "[database]\ntable_lock_timeout_ms = 100\ntable_lock_retries = 4\n",
    );
    place.write(&[
        ("1_t.sql", "CREATE TABLE t (a integer);"),
        ("2_t.up.sql", "ALTER TABLE t ADD COLUMN b integer;"),
        ("2_t.down.sql", "ALTER TABLE t DROP COLUMN b;"),
    ]);
    place.migrate("up --to 1").expect(0);
    let run = while_locked(&place, 1.0, "up").expect(0);
    assert!(run.stderr.contains("rolled back, try 2 in 250 ms"), "{run:?}");
    assert_eq!(place.states()[&2], "applied");
    place.sandbox.write(
        "packwright.toml",
        "[database]\ntable_lock_timeout_ms = 100\ntable_lock_retries = 1\n",
    );
    let run = while_locked(&place, 3.0, "down").expect(2);
    assert!(run.stderr.contains("could not be undone"), "{run:?}");
    assert!(run.stderr.contains("for longer than 100 ms, 2 times"), "{run:?}");
    assert_eq!(place.states()[&2], "applied");
    place.migrate("down").expect(0);
}
