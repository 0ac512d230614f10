//! `db history`: what was done to a database, by whom and with what.

use std::time::Duration;

use crate::failure::Result;
use crate::store::{Database, Explain as _, Url};

use super::history::{Keeper, Tables, on, sql};
use super::record::{Actor, Entry, Writer};

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// UTC.
    pub at: String,
    /// `up`, `down`, `redo`, `repair`, `baseline`, `import`, `backup` or `restore`.
    pub action: String,
    pub version: i64,
    pub description: String,
    /// `begun`, `done` or `failed`.
    pub outcome: String,
    pub statements: u64,
    pub took: Duration,
    pub detail: String,
    pub actor: String,
    pub host: String,
    pub process: i64,
    pub tool_version: String,
}

type Row = (
    String,
    String,
    i64,
    String,
    String,
    i64,
    i64,
    String,
    String,
    String,
    i64,
    String,
);

/// Adds a line, where the database has a log; whether it has one.
pub async fn add(
    database: &mut Database,
    url: &Url,
    actor: &Actor,
    action: &'static str,
    entry: Entry<'_>,
) -> Result<bool> {
    let engine = database.engine();
    let tables: Tables = on!(&mut *database, connection => {
        sqlx::query_as(sql!(engine, "tables.sql")).fetch_one(connection).await
    })
    .explain(url, "could not be asked for its log")?;
    if tables.5 {
        let mut writer = Writer {
            database,
            url,
            keeper: Keeper::Sqlx,
            actor,
            action,
        };
        writer.log(entry).await?;
    }
    Ok(tables.5)
}

/// The newest `limit` lines, newest first, from a replica where there is one; `notice` is told of replicas that cannot be had.
pub async fn read(url: &Url, limit: u32, notice: &mut dyn FnMut(String)) -> Result<Vec<Line>> {
    let Some(mut database) = Database::read(url, notice).await? else {
        return Ok(Vec::new());
    };
    let engine = database.engine();
    let asked = "could not be asked for what was done to it";
    let tables: Tables = on!(&mut database, connection => {
        sqlx::query_as(sql!(engine, "tables.sql")).fetch_one(connection).await
    })
    .explain(url, asked)?;
    let rows: Vec<Row> = if tables.5 {
        on!(&mut database, connection => {
            sqlx::query_as(sql!(engine, "select_log.sql"))
                .bind(i64::from(limit))
                .fetch_all(connection)
                .await
        })
        .explain(url, asked)?
    } else {
        Vec::new()
    };
    database.close(url).await?;
    Ok(rows.into_iter().map(line).collect())
}

fn line(row: Row) -> Line {
    let (
        at,
        action,
        version,
        description,
        outcome,
        statements,
        nanoseconds,
        detail,
        actor,
        host,
        process,
        tool,
    ) = row;
    Line {
        at,
        action,
        version,
        description,
        outcome,
        statements: u64::try_from(statements).unwrap_or_default(),
        took: Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or_default()),
        detail,
        actor,
        host,
        process,
        tool_version: tool,
    }
}
