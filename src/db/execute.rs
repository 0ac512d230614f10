//! Sending statements to the database, and saying where in a file one of them failed.

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgDatabaseError, PgErrorPosition};
use sqlx::{AssertSqlSafe, Executor as _};

use crate::document::sql::Statement;
use crate::failure::{Failure, Result};
use crate::store::{Database, Explain as _, message_of, remedy};

use super::history::{on, sql};
use super::record::Writer;
use super::script::Job;

/// What is said of a file whose transaction failed.
pub const ROLLED_BACK: &str = "its transaction was rolled back: nothing of this file was kept";

/// An error of the database and where in the file it arose.
pub struct Trouble {
    pub error: sqlx::Error,
    /// Number of the statement among those to run.
    pub(super) statement: usize,
    /// Byte of the file, where the server says so.
    pub(super) offset: Option<usize>,
}

/// Runs the whole file inside the transaction that is open, at once: the database answers each statement, so that the answers tell
/// which one failed.
pub async fn run_all(database: &mut Database, job: &Job<'_>) -> Result<(), Trouble> {
    let mut done = 0;
    let failed = on!(database, connection => {
        let mut answers = connection.fetch_many(sqlx::raw_sql(AssertSqlSafe(job.text())));
        loop {
            match answers.try_next().await {
                Ok(None) => break None,
                Ok(Some(answer)) => done += usize::from(answer.is_left()),
                Err(error) => break Some(error),
            }
        }
    });
    match failed {
        None => Ok(()),
        Some(error) => Err(Trouble {
            offset: position(&error).and_then(|at| byte_of(job.source.text(), at)),
            error,
            statement: done,
        }),
    }
}

pub async fn run_one(
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
pub fn failure(job: &Job<'_>, trouble: &Trouble, what: &str) -> Failure {
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
    let failure = match statement {
        Some(statement) => failure.caused_by(format!("in `{}`", shortened(job.script.text_of(statement)))),
        None => failure,
    };
    match remedy(&trouble.error) {
        Some(remedy) => failure.hint(remedy),
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

pub async fn control(writer: &mut Writer<'_>, script: &'static str) -> Result<()> {
    writer
        .raw(script)
        .await
        .explain(writer.url, "could not begin or end a transaction")
}

/// Constraints that were deferred speak up here.
pub async fn commit(writer: &mut Writer<'_>, job: &Job<'_>) -> Result<()> {
    let engine = writer.database.engine();
    let done = writer.raw(sql!(engine, "commit.sql")).await;
    done.map_err(|error| not_committed(job, &error))
}

/// The failure of the end of a transaction.
pub fn not_committed(job: &Job<'_>, error: &sqlx::Error) -> Failure {
    Failure::user(format!("`{}` could not be committed", job.source.path()))
        .caused_by(message_of(error))
        .hint(ROLLED_BACK)
}

/// The failure that led here is what is reported; a transaction that is gone already is as good as rolled back.
pub async fn roll_back(writer: &mut Writer<'_>) {
    let engine = writer.database.engine();
    let _ = writer.raw(sql!(engine, "rollback.sql")).await;
}

/// `1 statement`, `2 statements`.
pub fn statements(count: usize) -> String {
    match count {
        1 => "1 statement".to_owned(),
        count => format!("{count} statements"),
    }
}
