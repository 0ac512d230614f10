//! Running a file without transaction: statement by statement, with a note of how far it got, so that a run that was killed is taken
//! up where it stopped.

use std::time::Duration;

use crate::document::sql::Statement;
use crate::failure::{Failure, Result};
use crate::io::clock::Stopwatch;
use crate::store::{Engine, sqlstate};

use super::checksum;
use super::doubt;
use super::execute::{Trouble, control, failure, roll_back, run_one, statements};
use super::history::sql;
use super::migrations::Migration;
use super::plan::Step;
use super::record::{Entry, Way, Writer};
use super::script::{Control, Job};
use super::standing::Note;

/// What happens within one file.
#[derive(Debug, Clone, Copy)]
pub enum Beat {
    /// So many statements are done.
    Statement(usize),
    /// Another session had a lock for too long; the file was rolled back and is tried again after a while.
    LockedOut { tries: u32, wait: Duration },
}

/// Told of every [`Beat`].
pub type Progress<'a> = &'a mut (dyn FnMut(Beat) + 'a);

/// Runs a file without transaction from where the last run stopped. Each statement is committed together with the note that it is
/// done, save those that the database refuses inside a transaction: these are noted as begun before and as done after.
pub async fn apply(
    writer: &mut Writer<'_>,
    way: Way,
    step: &Step<'_>,
    note: Option<&Note>,
    job: &Job<'_>,
    progress: Progress<'_>,
) -> Result<Duration> {
    let watch = Stopwatch::start();
    let migration = step.migration;
    let all = &job.script.statements;
    if let Some(note) = note {
        check_prefix(job, note)?;
    }
    if step.done == 0 {
        let engine = writer.database.engine();
        control(writer, sql!(engine, "begin.sql")).await?;
        match way {
            Way::Up => {
                writer.begin(migration, job).await?;
                writer.keep_text(migration.version, job).await?;
            }
            Way::Down => writer.begin_undo(migration.version).await?,
        }
        writer.note(way, migration.version, job, 0, false).await?;
        writer
            .log(Entry {
                version: migration.version,
                description: &migration.description,
                outcome: "begun",
                statements: all.len(),
                ..Entry::default()
            })
            .await?;
        control(writer, sql!(engine, "commit.sql")).await?;
    }
    // What the statements that are done set for the session is gone with the session.
    for (index, statement) in all[..step.done].iter().enumerate() {
        let sets = ["set", "reset", "pragma", "attach"];
        if sets
            .iter()
            .any(|keyword| job.script.begins_with(statement, &[keyword]))
        {
            run_one(writer.database, job, index, statement)
                .await
                .map_err(|trouble| failure(job, &trouble, could_not(way)))?;
        }
    }
    let mut open = false;
    for index in step.done..all.len() {
        let is_in_doubt = step.in_doubt && index == step.done;
        if let Err(failure) = run_step(writer, way, migration, job, index, is_in_doubt, &mut open).await {
            roll_back(writer).await;
            return Err(explain_stop(failure, way, migration, index, is_in_doubt));
        }
        progress(Beat::Statement(index + 1));
    }
    if open {
        roll_back(writer).await;
        return Err(Failure::user(format!(
            "`{}` begins a transaction and does not end it",
            job.source.path()
        ))
        .hint("add the missing `commit`; the open transaction was rolled back"));
    }
    finish(writer, way, migration, job, watch).await
}

fn could_not(way: Way) -> &'static str {
    match way {
        Way::Up => "could not be applied",
        Way::Down => "could not be undone",
    }
}

async fn finish(
    writer: &mut Writer<'_>,
    way: Way,
    migration: &Migration,
    job: &Job<'_>,
    watch: Stopwatch,
) -> Result<Duration> {
    let engine = writer.database.engine();
    control(writer, sql!(engine, "restore_session.sql")).await?;
    let took = watch.elapsed();
    control(writer, sql!(engine, "begin.sql")).await?;
    let all = job.script.statements.len();
    match way {
        Way::Up => {
            writer.finish(migration, job, took).await?;
            writer.note(way, migration.version, job, all, false).await?;
            // The file may have been mended between two runs.
            writer.keep_text(migration.version, job).await?;
        }
        Way::Down => writer.remove(migration.version, &migration.version_text).await?,
    }
    writer
        .log(Entry {
            version: migration.version,
            description: &migration.description,
            outcome: "done",
            statements: all,
            took,
            detail: "",
        })
        .await?;
    control(writer, sql!(engine, "commit.sql")).await?;
    Ok(took)
}

/// Runs statement `index` of a file without transaction, which may be in doubt ([`doubt`]). `open` says whether the file has a transaction of its own open.
async fn run_step(
    writer: &mut Writer<'_>,
    way: Way,
    migration: &Migration,
    job: &Job<'_>,
    index: usize,
    is_in_doubt: bool,
    open: &mut bool,
) -> Result<()> {
    let engine = writer.database.engine();
    let statement = &job.script.statements[index];
    let fail = |trouble: Trouble| failure(job, &trouble, could_not(way));
    match (job.control(statement), *open) {
        (Some(Control::Begin), false) => {
            *open = true;
            run_one(writer.database, job, index, statement)
                .await
                .map_err(fail)
        }
        (Some(Control::End), true) => {
            *open = false;
            let keeps = ["commit", "end"]
                .iter()
                .any(|keyword| job.script.begins_with(statement, &[keyword]));
            // Inside the transaction, so that what it did and the note about it are kept together.
            if keeps {
                writer.note(way, migration.version, job, index + 1, false).await?;
            }
            run_one(writer.database, job, index, statement)
                .await
                .map_err(fail)?;
            if keeps {
                Ok(())
            } else {
                writer.note(way, migration.version, job, index + 1, false).await
            }
        }
        (_, true) => run_one(writer.database, job, index, statement)
            .await
            .map_err(fail),
        (_, false) => {
            if !is_in_doubt && !runs_alone(job, statement, engine) {
                control(writer, sql!(engine, "begin.sql")).await?;
                match run_one(writer.database, job, index, statement).await {
                    Ok(()) => {
                        writer.note(way, migration.version, job, index + 1, false).await?;
                        return control(writer, sql!(engine, "commit.sql")).await;
                    }
                    Err(trouble) if refuses_transactions(&trouble.error) => roll_back(writer).await,
                    Err(trouble) => return Err(fail(trouble)),
                }
            }
            writer.note(way, migration.version, job, index, true).await?;
            if !(is_in_doubt && doubt::took_effect(writer, job, statement).await?) {
                match run_one(writer.database, job, index, statement).await {
                    Err(trouble) if is_in_doubt && doubt::shows_effect(job, statement, &trouble.error) => {}
                    done => done.map_err(fail)?,
                }
            }
            writer.note(way, migration.version, job, index + 1, false).await
        }
    }
}

/// Statements that SQLite refuses inside a transaction, or silently ignores.
fn runs_alone(job: &Job<'_>, statement: &Statement, engine: Engine) -> bool {
    let alone = ["pragma", "vacuum", "attach", "detach"];
    engine == Engine::Sqlite
        && alone
            .iter()
            .any(|keyword| job.script.begins_with(statement, &[keyword]))
}

/// `active_sql_transaction` (as for `CREATE INDEX CONCURRENTLY`) and `invalid_transaction_termination` (a procedure that commits).
fn refuses_transactions(error: &sqlx::Error) -> bool {
    matches!(sqlstate(error), Some("25001" | "2D000"))
}

/// A file may be mended between two runs, but not in what is done.
fn check_prefix(job: &Job<'_>, note: &Note) -> Result<()> {
    let all = &job.script.statements;
    let same = all
        .get(..note.statements_done)
        .is_some_and(|done| checksum::of_statements(&job.script, done) == note.semantic_checksum);
    if same {
        return Ok(());
    }
    Err(Failure::user(format!(
        "`{}` was changed in its first {}, which are run already",
        job.source.path(),
        statements(note.statements_done)
    ))
    .hint("put these back as they were; what comes after them may be changed"))
}

fn explain_stop(
    failure: Failure,
    way: Way,
    migration: &Migration,
    index: usize,
    is_in_doubt: bool,
) -> Failure {
    let failure = match index {
        0 => failure.hint("the file runs without transaction; this was its first statement, and nothing of it was kept"),
        _ => failure.hint(format!(
            "the file runs without transaction: {} before this one took effect and are noted; mend this one and run again to go on here",
            statements(index)
        )),
    };
    if is_in_doubt {
        failure.hint(format!(
            "an earlier run began this statement and did not note its end: if it took effect then, {} before version {} runs again",
            match way {
                Way::Up => "undo it by hand",
                Way::Down => "put back by hand what it took away",
            },
            migration.version
        ))
    } else {
        failure
    }
}
