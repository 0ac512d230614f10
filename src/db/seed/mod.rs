//! `db seed`: rows of files into tables, those that are missing inserted, those that differ updated, in one transaction.
//!
//! ```text
//! files → source (parts: a table, its columns, its rows) → table (what the database says) → order (what is referred to first)
//!       → stage (a temporary table of the right types) → update, insert → counts → commit
//! ```
//!
//! Running it again changes nothing. A row that is in the table and in no file stays. Columns that a file leaves out keep what they
//! have, and get their default in new rows.

mod order;
pub mod source;
mod stage;
mod table;
mod value;

use std::time::Duration;

use sqlx::AssertSqlSafe;

use crate::document::sql::name::always_quoted as quoted;
use crate::failure::{Failure, Result};
use crate::io::clock::Stopwatch;
use crate::store::{Database, Explain as _, Url, message_of};
use crate::text::nearest;

use super::history::{on, sql};
use order::Edge;
use source::{Part, Rows, fault};
use stage::{Counts, Stage};
use table::{Key, Table};

/// What was asked for.
#[derive(Debug)]
pub struct Request<'a> {
    pub url: &'a Url,
    pub parts: Vec<Part>,
    /// Only these tables; all without one.
    pub only: &'a [String],
    /// The key of a table, as its name or its columns with commas.
    pub keys: &'a [(String, String)],
    pub dry_run: bool,
}

/// What became of the rows of one table.
#[derive(Debug, Clone)]
pub struct Filled {
    pub table: String,
    pub files: Vec<String>,
    /// The columns that told the rows apart.
    pub key: Vec<String>,
    pub rows: u64,
    pub inserted: u64,
    pub updated: u64,
    pub took: Duration,
}

impl Filled {
    pub fn unchanged(&self) -> u64 {
        self.rows - self.inserted - self.updated
    }
}

/// Told of each table before it is filled: its name, its place and how many there are.
pub type Observer<'a> = &'a mut dyn FnMut(&str, usize, usize);

/// Fills the tables. All is kept or, on the first fault or in a dry run, nothing.
pub async fn seed(mut request: Request<'_>, observer: Observer<'_>) -> Result<Vec<Filled>> {
    choose(&mut request)?;
    let url = request.url;
    let mut database = Database::look(url).await?.ok_or_else(|| {
        Failure::user(format!("`{url}` is not there yet")).hint("make it: `packwright db migrate`")
    })?;
    let engine = database.engine();
    run(&mut database, url, sql!(engine, "begin.sql")).await?;
    let done = fill(&mut database, &request, observer).await;
    let kept = match (done, request.dry_run) {
        (Ok(filled), false) => commit(&mut database, url).await.map(|()| filled),
        (done, _) => {
            let _ = run(&mut database, url, sql!(engine, "rollback.sql")).await;
            done
        }
    };
    database.close(url).await.and(kept)
}

/// Leaves out what was not asked for.
fn choose(request: &mut Request<'_>) -> Result<()> {
    let names: Vec<String> = request.parts.iter().map(|part| part.table.clone()).collect();
    let asked = request
        .only
        .iter()
        .chain(request.keys.iter().map(|(table, _)| table));
    for wanted in asked {
        if !names.contains(wanted) {
            let failure = Failure::user(format!("no file has rows for `{wanted}`"));
            return Err(match nearest(wanted, names.iter().map(String::as_str)) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint(format!("there are rows for {}", names.join(", "))),
            });
        }
    }
    if !request.only.is_empty() {
        request.parts.retain(|part| request.only.contains(&part.table));
    }
    Ok(())
}

async fn run(database: &mut Database, url: &Url, script: &'static str) -> Result<()> {
    on!(database, connection => sqlx::raw_sql(script).execute(connection).await.map(drop))
        .explain(url, "could not begin or end a transaction")
}

/// Constraints that were deferred speak up here.
async fn commit(database: &mut Database, url: &Url) -> Result<()> {
    let broken = |error: sqlx::Error| {
        Failure::user(format!(
            "a constraint of {url} is broken by the rows together: nothing was kept"
        ))
        .caused_by(message_of(&error))
    };
    match database {
        Database::Postgres(connection) => {
            for script in [
                include_str!("sql/postgres/settle.sql"),
                include_str!("sql/postgres/commit.sql"),
            ] {
                sqlx::raw_sql(script)
                    .execute(&mut **connection)
                    .await
                    .map_err(broken)?;
            }
            Ok(())
        }
        Database::Sqlite(connection) => {
            let done = sqlx::raw_sql(include_str!("sql/sqlite/commit.sql"))
                .execute(&mut **connection)
                .await;
            let Err(error) = done else { return Ok(()) };
            let pairs: Vec<(String, String)> = sqlx::query_as(include_str!("sql/sqlite/check.sql"))
                .fetch_all(&mut **connection)
                .await
                .unwrap_or_default();
            let _ = sqlx::raw_sql(include_str!("sql/sqlite/rollback.sql"))
                .execute(&mut **connection)
                .await;
            let pairs = pairs
                .iter()
                .map(|(from, to)| format!("rows of `{from}` refer to rows of `{to}` that are not there"));
            Err(pairs.fold(broken(error), Failure::caused_by))
        }
    }
}

async fn fill(database: &mut Database, request: &Request<'_>, observer: Observer<'_>) -> Result<Vec<Filled>> {
    let url = request.url;
    let mut targets: Vec<(Table, Vec<&Part>)> = Vec::new();
    for part in &request.parts {
        let table = table::look(database, url, part).await?;
        match targets.iter_mut().find(|(known, _)| known.sql == table.sql) {
            Some((_, parts)) => parts.push(part),
            None => targets.push((table, vec![part])),
        }
    }
    // Everything that can be known beforehand is checked before the first row is written.
    for (table, parts) in &targets {
        for part in parts {
            table.columns_of(part)?;
            table.key_of(part, asked_key(request, part))?;
        }
    }
    let order = in_order(&targets)?;
    if order.1 {
        run(database, url, sql!(database.engine(), "defer.sql")).await?;
    }
    let mut filled = Vec::new();
    let total = order.0.len();
    for (place, at) in order.0.into_iter().enumerate() {
        let (table, parts) = &targets[at];
        observer(&parts[0].table, place, total);
        let watch = Stopwatch::start();
        let mut files: Vec<String> = Vec::new();
        let mut sum = Counts::default();
        let mut key: &[String] = &[];
        for part in parts {
            if !files.contains(&part.file) {
                files.push(part.file.clone());
            }
            let used = table.key_of(part, asked_key(request, part))?;
            let counts = fill_part(database, url, part, table, used).await?;
            key = &used.columns;
            sum.rows += counts.rows;
            sum.inserted += counts.inserted;
            sum.updated += counts.updated;
        }
        if !request.dry_run && sum.inserted > 0 {
            advance(database, url, table, parts).await?;
        }
        filled.push(Filled {
            table: parts[0].table.clone(),
            files,
            key: key.to_vec(),
            rows: sum.rows,
            inserted: sum.inserted,
            updated: sum.updated,
            took: watch.elapsed(),
        });
    }
    Ok(filled)
}

fn asked_key<'a>(request: &Request<'a>, part: &Part) -> Option<&'a str> {
    let keys = request.keys.iter();
    keys.rev()
        .find(|(table, _)| *table == part.table)
        .map(|(_, key)| key.as_str())
}

async fn fill_part(
    database: &mut Database,
    url: &Url,
    part: &Part,
    table: &Table,
    key: &Key,
) -> Result<Counts> {
    let columns = table.columns_of(part)?;
    let mut stage = Stage::begin(database, url, part, table, columns, key).await?;
    match &part.rows {
        Rows::Held(rows) => {
            for row in rows {
                stage
                    .add(source::Row {
                        line: row.line,
                        cells: row.cells.clone(),
                    })
                    .await?;
            }
        }
        Rows::Csv(path) => {
            for record in source::records(path)?.skip(1) {
                let record = record
                    .map_err(|wrong| fault(&part.file, wrong.line, &wrong.message).hint(wrong.remedy))?;
                stage
                    .add(source::Row {
                        line: record.line,
                        cells: source::cells(record.fields),
                    })
                    .await?;
            }
        }
    }
    stage.finish().await
}

/// The tables in the order in which they are filled, and whether constraints wait for the end.
fn in_order(targets: &[(Table, Vec<&Part>)]) -> Result<(Vec<usize>, bool)> {
    let place = |sql: &str| {
        targets
            .iter()
            .position(|(table, _)| table.sql.eq_ignore_ascii_case(sql))
    };
    let edges: Vec<Vec<Edge>> = targets
        .iter()
        .map(|(table, _)| {
            let edges = table.references.iter().filter_map(|reference| {
                Some(Edge {
                    to: place(&reference.table)?,
                    is_deferrable: reference.is_deferrable,
                })
            });
            edges.collect()
        })
        .collect();
    order::order(&edges).map_err(|circle| {
        let mut failure =
            Failure::user("tables refer to each other in a circle, so none can be filled first");
        for (at, table) in circle.iter().enumerate() {
            let next = &targets[circle[(at + 1) % circle.len()]].0;
            let links = targets[*table].0.references.iter();
            if let Some(link) = links
                .clone()
                .find(|link| link.table == next.sql && !link.is_deferrable)
            {
                failure = failure.caused_by(format!(
                    "`{}` refers to {} (`{}`)",
                    targets[*table].0.sql, next.sql, link.name
                ));
            }
        }
        failure
            .hint("make one of these constraints deferrable: `ALTER TABLE … ALTER CONSTRAINT … DEFERRABLE`")
    })
}

/// Sequences go on after the keys that were given, so that the next row of the program does not meet one of them.
async fn advance(database: &mut Database, url: &Url, table: &Table, parts: &[&Part]) -> Result<()> {
    let Database::Postgres(connection) = database else {
        return Ok(());
    };
    for column in &table.columns {
        let Some(sequence) = &column.sequence else {
            continue;
        };
        if !parts.iter().any(|part| part.columns.contains(&column.name)) {
            continue;
        }
        let statement = include_str!("sql/postgres/advance.sql")
            .replace("the_key", &quoted(&column.name))
            .replace("the_table", &table.sql);
        sqlx::query(AssertSqlSafe(statement))
            .persistent(false)
            .bind(sequence)
            .execute(&mut **connection)
            .await
            .explain(url, "could not advance a sequence")?;
    }
    Ok(())
}
