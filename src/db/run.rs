//! Running one migration: in one transaction with its row of the history, or statement by statement with its progress noted.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgDatabaseError, PgErrorPosition};
use sqlx::{AssertSqlSafe, Executor as _};

use crate::document::sql::Statement;
use crate::failure::{Failure, Result};
use crate::io::clock::Stopwatch;
use crate::store::{Database, Engine, Explain as _, message_of, sqlstate};

use super::checksum;
use super::doubt;
use super::history::{Writer, on, sql};
use super::migrations::Migration;
use super::plan::{Note, Step, Undo};
use super::script::{Control, Job};

/// Told how many statements of a file are done.
pub type Progress<'a> = &'a mut (dyn FnMut(usize) + 'a);

/// An error of the database and where in the file it arose.
struct Trouble {
    error: sqlx::Error,
    /// Number of the statement among those to run.
    statement: usize,
    /// Byte of the file, where the server says so.
    offset: Option<usize>,
}

/// Applies one migration. `None` when another tool, which knows no lock, was faster.
pub async fn apply(
    writer: &mut Writer<'_>,
    step: &Step<'_>,
    note: Option<&Note>,
    job: &Job<'_>,
    progress: Progress<'_>,
) -> Result<Option<Duration>> {
    if job.in_transaction && step.done == 0 {
        apply_whole(writer, step.migration, job).await
    } else {
        apply_stepwise(writer, step, note, job, progress).await.map(Some)
    }
}

async fn apply_whole(
    writer: &mut Writer<'_>,
    migration: &Migration,
    job: &Job<'_>,
) -> Result<Option<Duration>> {
    let watch = Stopwatch::start();
    let engine = writer.database.engine();
    control(writer, sql!(engine, "begin.sql")).await?;
    let applied = async {
        if writer.is_recorded(migration.version).await? {
            return Ok(None);
        }
        run_all(writer.database, job)
            .await
            .map_err(|trouble| failure(job, &trouble, "could not be applied").hint(ROLLED_BACK))?;
        if engine == Engine::Postgres {
            control(writer, sql!(engine, "restore_session.sql")).await?;
        }
        writer.record(migration, job, watch.elapsed()).await?;
        commit(writer, job).await?;
        Ok(Some(watch.elapsed()))
    }
    .await;
    if !matches!(applied, Ok(Some(_))) {
        roll_back(writer).await;
    }
    applied
}

const ROLLED_BACK: &str = "its transaction was rolled back: nothing of this file was kept";

/// Undoes one migration.
pub async fn undo(writer: &mut Writer<'_>, undo: &Undo<'_>, job: &Job<'_>) -> Result<Duration> {
    let watch = Stopwatch::start();
    let engine = writer.database.engine();
    if !job.in_transaction {
        for (index, statement) in job.statements().iter().enumerate() {
            run_one(writer.database, job, index, statement).await.map_err(|trouble| {
                failure(job, &trouble, "could not be undone").hint(format!(
                    "the file runs without transaction: {} before this one took effect, and version {} still counts as applied",
                    statements(index),
                    undo.migration.version
                ))
            })?;
        }
        control(writer, sql!(engine, "restore_session.sql")).await?;
        control(writer, sql!(engine, "begin.sql")).await?;
        writer.remove(undo.migration).await?;
        control(writer, sql!(engine, "commit.sql")).await?;
        return Ok(watch.elapsed());
    }
    control(writer, sql!(engine, "begin.sql")).await?;
    let undone = async {
        run_all(writer.database, job)
            .await
            .map_err(|trouble| failure(job, &trouble, "could not be undone").hint(ROLLED_BACK))?;
        if engine == Engine::Postgres {
            control(writer, sql!(engine, "restore_session.sql")).await?;
        }
        writer.remove(undo.migration).await?;
        commit(writer, job).await?;
        Ok(watch.elapsed())
    }
    .await;
    if undone.is_err() {
        roll_back(writer).await;
    }
    undone
}

/// Runs a file without transaction from where the last run stopped. Each statement is committed together with the note that it is
/// done, save those that the database refuses inside a transaction: these are noted as begun before and as done after.
async fn apply_stepwise(
    writer: &mut Writer<'_>,
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
        writer.begin(migration, job).await?;
        writer.note(migration.version, job, 0, false).await?;
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
                .map_err(|trouble| failure(job, &trouble, "could not be applied"))?;
        }
    }
    let mut open = false;
    for index in step.done..all.len() {
        let is_in_doubt = step.in_doubt && index == step.done;
        if let Err(failure) = run_step(writer, migration, job, index, is_in_doubt, &mut open).await {
            roll_back(writer).await;
            return Err(explain_stop(failure, migration, index, is_in_doubt));
        }
        progress(index + 1);
    }
    if open {
        roll_back(writer).await;
        return Err(Failure::user(format!(
            "`{}` begins a transaction and does not end it",
            job.source.path()
        ))
        .hint("add the missing `commit`; the open transaction was rolled back"));
    }
    finish(writer, migration, job, watch).await
}

async fn finish(
    writer: &mut Writer<'_>,
    migration: &Migration,
    job: &Job<'_>,
    watch: Stopwatch,
) -> Result<Duration> {
    let engine = writer.database.engine();
    control(writer, sql!(engine, "restore_session.sql")).await?;
    let took = watch.elapsed();
    control(writer, sql!(engine, "begin.sql")).await?;
    writer.finish(migration, job, took).await?;
    writer
        .note(migration.version, job, job.script.statements.len(), false)
        .await?;
    control(writer, sql!(engine, "commit.sql")).await?;
    Ok(took)
}

/// Runs statement `index` of a file without transaction, which may be in doubt ([`doubt`]). `open` says whether the file has a transaction of its own open.
async fn run_step(
    writer: &mut Writer<'_>,
    migration: &Migration,
    job: &Job<'_>,
    index: usize,
    is_in_doubt: bool,
    open: &mut bool,
) -> Result<()> {
    let engine = writer.database.engine();
    let statement = &job.script.statements[index];
    let fail = |trouble: Trouble| failure(job, &trouble, "could not be applied");
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
                writer.note(migration.version, job, index + 1, false).await?;
            }
            run_one(writer.database, job, index, statement)
                .await
                .map_err(fail)?;
            if keeps {
                Ok(())
            } else {
                writer.note(migration.version, job, index + 1, false).await
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
                        writer.note(migration.version, job, index + 1, false).await?;
                        return control(writer, sql!(engine, "commit.sql")).await;
                    }
                    Err(trouble) if refuses_transactions(&trouble.error) => roll_back(writer).await,
                    Err(trouble) => return Err(fail(trouble)),
                }
            }
            writer.note(migration.version, job, index, true).await?;
            if !(is_in_doubt && doubt::took_effect(writer, job, statement).await?) {
                match run_one(writer.database, job, index, statement).await {
                    Err(trouble) if is_in_doubt && doubt::shows_effect(job, statement, &trouble.error) => {}
                    done => done.map_err(fail)?,
                }
            }
            writer.note(migration.version, job, index + 1, false).await
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
        "`{}` was changed in its first {}, which are applied already",
        job.source.path(),
        statements(note.statements_done)
    ))
    .hint("put these back as they were; what comes after them may be changed"))
}

fn explain_stop(failure: Failure, migration: &Migration, index: usize, is_in_doubt: bool) -> Failure {
    let failure = match index {
        0 => failure.hint("the file runs without transaction; this was its first statement, and nothing of it was kept"),
        _ => failure.hint(format!(
            "the file runs without transaction: {} before this one took effect and are noted; mend this one and run again to go on here",
            statements(index)
        )),
    };
    if is_in_doubt {
        failure.hint(format!(
            "the run before stopped while this statement ran, so it may have taken effect then: look, undo it by hand, and run version {} again",
            migration.version
        ))
    } else {
        failure
    }
}

fn statements(count: usize) -> String {
    match count {
        1 => "1 statement".to_owned(),
        count => format!("{count} statements"),
    }
}

/// Runs the whole file inside the transaction that is open.
async fn run_all(database: &mut Database, job: &Job<'_>) -> Result<(), Trouble> {
    match database {
        Database::Sqlite(_) => {
            for (index, statement) in job.statements().iter().enumerate() {
                run_one(database, job, index, statement).await?;
            }
            Ok(())
        }
        // One round trip for the whole file; the server answers each statement, so the answers tell which one failed.
        Database::Postgres(connection) => {
            let mut done = 0;
            let mut answers = (&mut **connection).fetch_many(sqlx::raw_sql(AssertSqlSafe(job.text())));
            loop {
                match answers.try_next().await {
                    Ok(None) => return Ok(()),
                    Ok(Some(answer)) => done += usize::from(answer.is_left()),
                    Err(error) => {
                        let offset = position(&error).and_then(|at| byte_of(job.source.text(), at));
                        return Err(Trouble {
                            error,
                            statement: done,
                            offset,
                        });
                    }
                }
            }
        }
    }
}

async fn run_one(
    database: &mut Database,
    job: &Job<'_>,
    index: usize,
    statement: &Statement,
) -> Result<(), Trouble> {
    let text = job.script.text_of(statement);
    let done = on!(database, connection => {
        sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await.map(drop)
    });
    done.map_err(|error| Trouble {
        offset: position(&error)
            .and_then(|at| byte_of(text, at))
            .map(|byte| statement.span.start + byte),
        error,
        statement: index,
    })
}

/// Where in the query the error is, in characters from 1.
fn position(error: &sqlx::Error) -> Option<usize> {
    let server = error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?;
    match server.position()? {
        PgErrorPosition::Original(at) => Some(at),
        PgErrorPosition::Internal { .. } => None,
    }
}

fn byte_of(text: &str, character: usize) -> Option<usize> {
    let (byte, _) = text.char_indices().nth(character.checked_sub(1)?)?;
    Some(byte)
}

/// The failure of a statement: file, line, what the database said, and the statement itself in short.
fn failure(job: &Job<'_>, trouble: &Trouble, what: &str) -> Failure {
    let by_offset = |offset: usize| {
        let statements = job.statements().iter();
        statements.rev().find(|statement| statement.span.start <= offset)
    };
    let statement = trouble
        .offset
        .and_then(by_offset)
        .or_else(|| job.statements().get(trouble.statement));
    let offset = trouble
        .offset
        .or_else(|| statement.map(|statement| statement.span.start))
        .unwrap_or_default();
    let line = job.source.locate(offset).line;
    let failure = Failure::user(format!("`{}` line {line} {what}", job.source.path()))
        .caused_by(message_of(&trouble.error));
    match statement {
        Some(statement) => failure.caused_by(format!("in `{}`", shortened(job.script.text_of(statement)))),
        None => failure,
    }
}

/// A statement on one line, of at most a hundred characters.
fn shortened(statement: &str) -> String {
    let line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 100 {
        return line;
    }
    let mut short: String = line.chars().take(99).collect();
    short.push('…');
    short
}

async fn control(writer: &mut Writer<'_>, script: &'static str) -> Result<()> {
    writer
        .raw(script)
        .await
        .explain(writer.url, "could not begin or end a transaction")
}

/// Constraints that were deferred speak up here.
async fn commit(writer: &mut Writer<'_>, job: &Job<'_>) -> Result<()> {
    let engine = writer.database.engine();
    writer.raw(sql!(engine, "commit.sql")).await.map_err(|error| {
        Failure::user(format!("`{}` could not be committed", job.source.path()))
            .caused_by(message_of(&error))
            .hint(ROLLED_BACK)
    })
}

/// The failure that led here is what is reported; a transaction that is gone already is as good as rolled back.
async fn roll_back(writer: &mut Writer<'_>) {
    let engine = writer.database.engine();
    let _ = writer.raw(sql!(engine, "rollback.sql")).await;
}
