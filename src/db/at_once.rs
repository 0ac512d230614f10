//! One migration on SQLite, applied and recorded in one message.
//!
//! SQLite works on a thread of its own, and a message to it and back costs as much as a small statement. So the whole transaction
//! goes over at once, and the answers, one for each statement, tell how far it came.

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Executor as _, SqliteConnection};

use crate::failure::Result;
use crate::io::clock;
use crate::store::{Explain as _, Url};

use super::execute::{ROLLED_BACK, Trouble, failure, not_committed};
use super::record::{Record, WRITING};
use super::script::Job;

const BEGIN: &str = include_str!("sql/sqlite/begin.sql");
const CLAIM: &str = include_str!("sql/sqlite/claim.sql");
const RECORD: &str = include_str!("sql/sqlite/record.sql");
const COMMIT: &str = include_str!("sql/sqlite/commit.sql");

/// Statements of [`RECORD`].
const RECORDED: usize = 4;

/// How long the file took, told by SQLite itself, whose clock has milliseconds: one at least. The fourth value is when it began, in
/// milliseconds since the epoch.
const ELAPSED: &str = "(MAX(1, CAST(unixepoch('subsec') * 1000 AS INTEGER) - ?4) * 1000000)";

/// Applies a file. Not done, and `false`, where the version is recorded by now: another tool may know no lock. Whoever calls this
/// rolls back unless it was done.
pub async fn apply(
    connection: &mut SqliteConnection,
    url: &Url,
    job: &Job<'_>,
    record: Record<'_>,
) -> Result<bool> {
    let statements = job.statements();
    let mut script = [BEGIN, CLAIM].concat();
    for statement in statements {
        script.push_str(job.script.text_of(statement));
        script.push_str(";\n");
    }
    script.push_str(&RECORD.replace("?4", ELAPSED));
    script.push_str(COMMIT);
    let begun = i64::try_from(clock::now().as_millis()).unwrap_or_default();
    let query = record
        .bind_sqlite(sqlx::query(AssertSqlSafe(script)), begun)
        .persistent(false);
    let mut done = 0;
    let error = {
        let mut answers = connection.fetch_many(query);
        loop {
            match answers.try_next().await {
                Ok(None) => return Ok(true),
                Ok(Some(answer)) => done += usize::from(answer.is_left()),
                Err(error) => break error,
            }
        }
    };
    let is_taken = error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation);
    match done {
        0 => Err(error).explain(url, "could not begin a transaction"),
        1 if is_taken => Ok(false),
        1 => Err(error).explain(url, WRITING),
        _ if done < 2 + statements.len() => {
            let trouble = Trouble {
                error,
                statement: done - 2,
                offset: None,
            };
            Err(failure(job, &trouble, "could not be applied").hint(ROLLED_BACK))
        }
        _ if done < 2 + statements.len() + RECORDED => Err(error).explain(url, WRITING),
        _ => Err(not_committed(job, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::sql::{Dialect, Script};

    #[test]
    fn the_record_has_as_many_statements_as_are_counted() {
        assert_eq!(Script::read(RECORD, Dialect::Sqlite).statements.len(), RECORDED);
    }
}
