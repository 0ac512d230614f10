//! Running one migration: up or down, in one transaction with its row of the history where the file does not forbid it.
//!
//! On PostgreSQL a statement that waits for the lock of a table makes everybody else wait behind it. So a transaction waits only so
//! long, is rolled back, and is tried again after a while, which gets longer.

use std::time::Duration;

use sqlx::AssertSqlSafe;

use crate::failure::{Failure, Result};
use crate::io::clock::Stopwatch;
use crate::store::{Database, Engine, Explain as _, sqlstate};

use super::at_once;
use super::execute::{ROLLED_BACK, commit, control, failure, roll_back, run_all};
use super::history::sql;
use super::migrations::Migration;
use super::plan::{Step, Undo};
use super::record::{Entry, Record, Way, Writer};
use super::script::Job;
use super::standing::Note;
use super::stepwise::{self, Beat, Progress};

/// How long a transaction waits for the lock of a table, and how often it is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableLocks {
    /// Zero waits without end.
    pub timeout: Duration,
    pub retries: u32,
}

/// The first pause; each is twice the one before, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

impl TableLocks {
    /// As long as it takes.
    pub const PATIENT: Self = Self {
        timeout: Duration::ZERO,
        retries: 0,
    };

    fn pause(tries: u32) -> Duration {
        FIRST_PAUSE
            .saturating_mul(2u32.saturating_pow(tries.min(16)))
            .min(LONGEST_PAUSE)
    }
}

/// Why a transaction came to nothing.
struct Stop {
    failure: Failure,
    /// Another session had a lock for too long, or the two waited for each other.
    is_locked_out: bool,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            is_locked_out: false,
        }
    }
}

/// Applies one migration. `None` when another tool, which knows no lock, was faster.
pub async fn apply(
    writer: &mut Writer<'_>,
    step: &Step<'_>,
    note: Option<&Note>,
    job: &Job<'_>,
    locks: TableLocks,
    progress: Progress<'_>,
) -> Result<Option<Duration>> {
    if job.in_transaction && step.done == 0 {
        let migration = step.migration;
        whole(writer, Way::Up, migration, job, locks, progress).await
    } else {
        stepwise::apply(writer, Way::Up, step, note, job, progress)
            .await
            .map(Some)
    }
}

/// Undoes one migration.
pub async fn undo(
    writer: &mut Writer<'_>,
    undo: &Undo<'_>,
    note: Option<&Note>,
    job: &Job<'_>,
    locks: TableLocks,
    progress: Progress<'_>,
) -> Result<Duration> {
    if job.in_transaction && undo.done == 0 {
        let took = whole(writer, Way::Down, undo.migration, job, locks, progress).await?;
        return Ok(took.unwrap_or_default());
    }
    let step = Step {
        migration: undo.migration,
        done: undo.done,
        in_doubt: undo.in_doubt,
    };
    stepwise::apply(writer, Way::Down, &step, note, job, progress).await
}

/// Runs a file in one transaction, as often as its locks need.
async fn whole(
    writer: &mut Writer<'_>,
    way: Way,
    migration: &Migration,
    job: &Job<'_>,
    locks: TableLocks,
    progress: Progress<'_>,
) -> Result<Option<Duration>> {
    let mut tries = 0;
    loop {
        let done = in_transaction(writer, way, migration, job, locks).await;
        if !matches!(done, Ok(Some(_))) {
            roll_back(writer).await;
        }
        match done {
            Ok(took) => return Ok(took),
            Err(stop) if stop.is_locked_out && tries < locks.retries => {
                let wait = TableLocks::pause(tries);
                tries += 1;
                progress(Beat::LockedOut { tries, wait });
                tokio::time::sleep(wait).await;
            }
            Err(stop) if stop.is_locked_out => {
                return Err(stop.failure.hint(format!(
                    "another session had a lock on a table for longer than {} ms, {} times: see `pg_locks`, try again when there is less to do, or raise `table_lock_timeout_ms` and `table_lock_retries` under `[database]`",
                    locks.timeout.as_millis(),
                    tries + 1
                )));
            }
            Err(stop) => return Err(stop.failure),
        }
    }
}

async fn in_transaction(
    writer: &mut Writer<'_>,
    way: Way,
    migration: &Migration,
    job: &Job<'_>,
    locks: TableLocks,
) -> Result<Option<Duration>, Stop> {
    let watch = Stopwatch::start();
    let engine = writer.database.engine();
    if let (Way::Up, Database::Sqlite(connection)) = (way, &mut *writer.database) {
        let record = Record::of(writer.action, writer.actor, migration, job);
        let is_done = at_once::apply(connection, writer.url, job, record).await?;
        return Ok(is_done.then(|| watch.elapsed()));
    }
    begin(writer, locks).await?;
    let what = match way {
        Way::Up => "could not be applied",
        Way::Down => "could not be undone",
    };
    run_all(writer.database, job).await.map_err(|trouble| Stop {
        // lock_not_available, deadlock_detected
        is_locked_out: matches!(sqlstate(&trouble.error), Some("55P03" | "40P01")),
        failure: failure(job, &trouble, what).hint(ROLLED_BACK),
    })?;
    if engine == Engine::Postgres && job.may_set() {
        control(writer, sql!(engine, "restore_session.sql")).await?;
    }
    match way {
        Way::Up => writer.record(migration, job, watch.elapsed()).await?,
        Way::Down => {
            writer.remove(migration.version, &migration.version_text).await?;
            writer
                .log(Entry {
                    version: migration.version,
                    description: &migration.description,
                    outcome: "done",
                    statements: job.statements().len(),
                    took: watch.elapsed(),
                    detail: "",
                })
                .await?;
        }
    }
    commit(writer, job).await?;
    Ok(Some(watch.elapsed()))
}

async fn begin(writer: &mut Writer<'_>, locks: TableLocks) -> Result<()> {
    let engine = writer.database.engine();
    let Database::Postgres(connection) = &mut *writer.database else {
        return control(writer, sql!(engine, "begin.sql")).await;
    };
    if locks.timeout.is_zero() {
        return control(writer, sql!(engine, "begin.sql")).await;
    }
    let milliseconds = locks.timeout.as_millis().min(i32::MAX.unsigned_abs().into());
    let script = include_str!("sql/postgres/begin_patient.sql").replace("4000", &milliseconds.to_string());
    sqlx::raw_sql(AssertSqlSafe(script))
        .execute(&mut **connection)
        .await
        .map(drop)
        .explain(writer.url, "could not begin a transaction")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let pauses: Vec<u128> = (0..7).map(|tries| TableLocks::pause(tries).as_millis()).collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 8000, 8000]);
        assert_eq!(TableLocks::pause(u32::MAX), LONGEST_PAUSE);
    }
}
