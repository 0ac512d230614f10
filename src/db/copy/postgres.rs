//! PostgreSQL to PostgreSQL: `COPY` on both sides, streamed from one to the other.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::super::schema::{self, RelationKind, Schema};
use super::{
    Copied, Event, Observer, Progress, Report, Request, Table, filled, not_empty, other_source,
    still_differs, tables,
};
use crate::failure::{Failure, Result};
use crate::store::{Database, Explain as _, RunLock, Url, connect_postgres, sqlstate};

const READING: &str = "could not be read";
const WRITING: &str = "could not be written to";

/// SQL of this folder.
macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("sql/postgres/", $name, ".sql"))
    };
}

/// The same with a table in the place of packwright's own.
macro_rules! of_table {
    ($name:literal, $table:expr) => {
        file!($name).replace("packwright_copy", $table)
    };
}

/// Schema and name of a sequence, table and column it belongs to, its value and whether that was given out.
type Sequence = (String, String, Option<String>, Option<String>, i64, bool);

/// Both ends of a copy.
struct Ends<'a> {
    request: Request<'a>,
    source: PgConnection,
    target: PgConnection,
}

pub(super) async fn copy(request: Request<'_>, observer: Observer<'_>) -> Result<Report> {
    let Request { from, to, .. } = request;
    if from.to_string() == to.to_string() {
        return Err(Failure::user(format!("`{from}` is both source and target")));
    }
    let source_schema = read_schema(from).await?;
    let target_schema = read_schema(to).await?;
    let (tables, skipped) = tables(&source_schema, &target_schema, to)?;
    // The lock has a session of its own, so that it is let go even where the copy breaks off.
    let mut keeper = Database::open(to).await?;
    let lock = RunLock::take(&mut keeper, to, request.patience, &mut |holder| {
        observer(Event::Waiting(holder));
    })
    .await?;
    let mut ends = Ends {
        request,
        source: connect_postgres(from).await?,
        target: connect_postgres(to).await?,
    };
    let done = ends.run(&tables, &target_schema, observer).await;
    let _ = ends.source.close().await;
    let _ = ends.target.close().await;
    lock.release(&mut keeper, to).await?;
    keeper.close(to).await?;
    let mut report = done?;
    report.skipped = skipped;
    Ok(report)
}

async fn read_schema(url: &Url) -> Result<Schema> {
    let mut database = Database::open(url).await?;
    let schema = schema::read(&mut database, url).await?;
    database.close(url).await?;
    Ok(schema)
}

impl Ends<'_> {
    async fn run(&mut self, tables: &[Table], there: &Schema, observer: Observer<'_>) -> Result<Report> {
        let Request { from, to, .. } = self.request;
        for (connection, url) in [(&mut self.source, from), (&mut self.target, to)] {
            raw(connection, url, file!("session")).await?;
        }
        let is_replica = self.become_replica().await?;
        raw(&mut self.source, from, file!("begin_snapshot")).await?;
        let mut progress = self.begin(tables, is_replica).await?;
        let is_resumed = progress.values().any(|one| one.is_old);
        observer(Event::Begun(tables.len(), is_resumed));
        for table in tables {
            let note = progress.entry(table.shown.clone()).or_default();
            self.copy_table(table, note, observer).await?;
        }
        let mut report = Report {
            is_resumed,
            ..Report::default()
        };
        for table in tables {
            observer(Event::Verifying(&table.shown));
            let note = progress.entry(table.shown.clone()).or_default();
            report.tables.push(self.verify(table, note, observer).await?);
        }
        report.sequences = self.finish().await?;
        for view in there
            .relations
            .iter()
            .filter(|one| one.kind == RelationKind::MaterializedView)
        {
            let name = format!(
                "{}.{}",
                super::quoted(&view.name.schema),
                super::quoted(&view.name.name)
            );
            if !view.is_managed {
                raw(&mut self.target, to, &file!("refresh").replace("the_view", &name)).await?;
            }
        }
        Ok(report)
    }

    /// Whether foreign keys and triggers leave this session alone; a role without the right to ask for it is refused.
    async fn become_replica(&mut self) -> Result<bool> {
        match sqlx::raw_sql(file!("as_replica")).execute(&mut self.target).await {
            Ok(_) => Ok(true),
            Err(error) if sqlstate(&error) == Some("42501") => Ok(false),
            Err(error) => Err(crate::store::explain(self.request.to, WRITING, &error)),
        }
    }

    /// Goes on where an earlier run stopped, or makes ready: all of it or nothing.
    async fn begin(&mut self, tables: &[Table], is_replica: bool) -> Result<BTreeMap<String, Progress>> {
        let Request { to, replace, .. } = self.request;
        let source = self.request.from.to_string();
        let is_begun: bool = sqlx::query_scalar(file!("is_begun"))
            .fetch_one(&mut self.target)
            .await
            .explain(to, READING)?;
        let mut progress = BTreeMap::new();
        if is_begun {
            let rows: Vec<(String, String, Option<String>, i64, bool)> =
                sqlx::query_as(file!("select_progress"))
                    .fetch_all(&mut self.target)
                    .await
                    .explain(to, READING)?;
            if let Some((_, other, ..)) = rows.iter().find(|row| row.1 != source)
                && !replace
            {
                return Err(other_source(to, other));
            }
            if !replace {
                for (name, _, position, rows, is_done) in rows {
                    let rows = u64::try_from(rows).unwrap_or_default();
                    progress.insert(
                        name,
                        Progress {
                            position,
                            rows,
                            is_done,
                            is_old: true,
                        },
                    );
                }
                return Ok(progress);
            }
        }
        for table in tables.iter().filter(|_| !replace) {
            let has_rows: bool = sqlx::query_scalar(AssertSqlSafe(of_table!("has_rows", &table.quoted)))
                .fetch_one(&mut self.target)
                .await
                .explain(to, READING)?;
            if has_rows {
                return Err(not_empty(to, &table.shown));
            }
        }
        raw(&mut self.target, to, file!("begin")).await?;
        if !is_begun {
            raw(&mut self.target, to, file!("create_copy")).await?;
            if !is_replica {
                self.hold(tables).await?;
            }
        }
        if replace && !tables.is_empty() {
            let names: Vec<&str> = tables.iter().map(|table| table.quoted.as_str()).collect();
            raw(&mut self.target, to, &of_table!("truncate", &names.join(", "))).await?;
        }
        for table in tables {
            self.note(table, &Progress::default()).await?;
        }
        raw(&mut self.target, to, file!("commit")).await?;
        Ok(progress)
    }

    /// Takes away what fires on rows that come in, and notes how it is put back.
    async fn hold(&mut self, tables: &[Table]) -> Result<()> {
        let to = self.request.to;
        let names: Vec<String> = tables.iter().map(|table| table.shown.clone()).collect();
        let held: Vec<(String, String)> = sqlx::query_as(file!("held"))
            .bind(names)
            .fetch_all(&mut self.target)
            .await
            .explain(to, READING)?;
        for (place, (take, restore)) in held.iter().enumerate() {
            sqlx::query(file!("put_held"))
                .bind(i64::try_from(place).unwrap_or(i64::MAX))
                .bind(restore)
                .execute(&mut self.target)
                .await
                .explain(to, WRITING)?;
            raw(&mut self.target, to, take).await.map_err(|failure| {
                failure.hint("the role of the target must own its tables, or may be granted `SET ON PARAMETER session_replication_role`")
            })?;
        }
        Ok(())
    }

    async fn note(&mut self, table: &Table, progress: &Progress) -> Result<()> {
        sqlx::query(file!("put_progress"))
            .bind(&table.shown)
            .bind(self.request.from.to_string())
            .bind(&progress.position)
            .bind(i64::try_from(progress.rows).unwrap_or(i64::MAX))
            .bind(progress.is_done)
            .execute(&mut self.target)
            .await
            .explain(self.request.to, WRITING)
            .map(drop)
    }

    /// Chunk after chunk, each committed with the note of how far it got.
    async fn copy_table(
        &mut self,
        table: &Table,
        progress: &mut Progress,
        observer: Observer<'_>,
    ) -> Result<()> {
        while !progress.is_done {
            let end = self.boundary(table, progress.position.as_deref()).await?;
            let mut bounds = Vec::new();
            if let Some(position) = &progress.position {
                bounds.push(format!("({}) > ({position})", table.key_names()));
            }
            if let Some(end) = &end {
                bounds.push(format!("({}) <= ({end})", table.key_names()));
            }
            let to = self.request.to;
            raw(&mut self.target, to, file!("begin")).await?;
            let rows = self.pipe(table, &bounds).await?;
            progress.rows += rows;
            progress.is_done = end.is_none();
            progress.position = end;
            self.note(table, progress).await?;
            raw(&mut self.target, to, file!("commit")).await?;
            observer(Event::Rows(&table.shown, progress.rows));
        }
        Ok(())
    }

    /// The key of the last row of the next chunk, or `None` where the rest is one.
    async fn boundary(&mut self, table: &Table, position: Option<&str>) -> Result<Option<String>> {
        if table.key.is_empty() {
            return Ok(None);
        }
        let literals: Vec<String> = table
            .key
            .iter()
            .map(|(name, written)| {
                format!(
                    "quote_literal({name}::text) || '::{}'",
                    written.replace('\'', "''")
                )
            })
            .collect();
        let filter = position.map(|position| format!("WHERE ({}) > ({position})", table.key_names()));
        let query = filled(
            file!("boundary"),
            &[
                ("ORDER BY relation", &format!("ORDER BY {}", table.key_names())),
                (
                    "OFFSET 0",
                    &format!("OFFSET {}", self.request.batch.saturating_sub(1)),
                ),
                ("WHERE true", &filter.unwrap_or_default()),
                ("relation", &literals.join(" || ', ' || ")),
                ("packwright_copy", &table.source()),
            ],
        );
        sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_optional(&mut self.source)
            .await
            .explain(self.request.from, READING)
    }

    /// Streams rows from one end to the other; neither end is held whole in memory.
    async fn pipe(&mut self, table: &Table, bounds: &[String]) -> Result<u64> {
        let (from, to) = (self.request.from, self.request.to);
        let filter = match bounds {
            [] => String::new(),
            bounds => format!("WHERE {}", bounds.join(" AND ")),
        };
        if table.columns.is_empty() {
            return Ok(0);
        }
        let read = filled(
            file!("copy_out"),
            &[
                ("WHERE true", &filter),
                ("relation", &table.columns),
                ("packwright_copy", &table.source()),
            ],
        );
        let write = filled(
            file!("copy_in"),
            &[("relation", &table.columns), ("packwright_copy", &table.quoted)],
        );
        let during = |failure: Failure| failure.during(format!("`{}` could not be copied", table.shown));
        let mut rows = self
            .source
            .copy_out_raw(&read)
            .await
            .explain(from, READING)
            .map_err(during)?;
        let mut sink = self
            .target
            .copy_in_raw(&write)
            .await
            .explain(to, WRITING)
            .map_err(during)?;
        loop {
            match rows.try_next().await {
                Ok(Some(bytes)) => {
                    sink.send(bytes).await.explain(to, WRITING).map_err(during)?;
                }
                Ok(None) => break,
                Err(error) => {
                    let _ = sink.abort("the source broke off").await;
                    return Err(during(crate::store::explain(from, READING, &error)));
                }
            }
        }
        sink.finish().await.explain(to, WRITING).map_err(during)
    }

    /// Holds a table against the snapshot; one that an earlier run began is copied anew where it differs.
    async fn verify(
        &mut self,
        table: &Table,
        progress: &mut Progress,
        observer: Observer<'_>,
    ) -> Result<Copied> {
        let (from, to) = (self.request.from, self.request.to);
        let mut was_put_right = false;
        loop {
            let wanted = checksum(&mut self.source, from, table).await?;
            let found = checksum(&mut self.target, to, table).await?;
            if wanted == found {
                return Ok(Copied {
                    name: table.shown.clone(),
                    rows: u64::try_from(found.0).unwrap_or_default(),
                    was_put_right,
                    checksum: Some(found.1),
                });
            }
            if !progress.is_old || was_put_right {
                return Err(still_differs(from, to, &table.shown));
            }
            was_put_right = true;
            raw(&mut self.target, to, file!("begin")).await?;
            raw(&mut self.target, to, &of_table!("delete_rows", &table.quoted)).await?;
            *progress = Progress {
                is_old: true,
                ..Progress::default()
            };
            self.note(table, progress).await?;
            raw(&mut self.target, to, file!("commit")).await?;
            self.copy_table(table, progress, observer).await?;
        }
    }

    /// Sets sequences, puts back what was taken away and forgets the notes, all of it or nothing.
    async fn finish(&mut self) -> Result<usize> {
        let (from, to) = (self.request.from, self.request.to);
        raw(&mut self.target, to, file!("begin")).await?;
        let sequences: Vec<Sequence> = sqlx::query_as(file!("sequences"))
            .fetch_all(&mut self.source)
            .await
            .explain(from, READING)?;
        let mut count = 0;
        for (schema, name, table, column, value, is_called) in sequences {
            let set: Option<i64> = sqlx::query_scalar(file!("set_sequence"))
                .bind(schema)
                .bind(name)
                .bind(table)
                .bind(column)
                .bind(value)
                .bind(is_called)
                .fetch_optional(&mut self.target)
                .await
                .explain(to, WRITING)?;
            count += usize::from(set.is_some());
        }
        let held: Vec<String> = sqlx::query_scalar(file!("select_held"))
            .fetch_all(&mut self.target)
            .await
            .explain(to, READING)?;
        for restore in held {
            raw(&mut self.target, to, &restore).await?;
        }
        raw(&mut self.target, to, file!("drop_copy")).await?;
        raw(&mut self.target, to, file!("commit")).await?;
        Ok(count)
    }
}

impl Table {
    /// Where rows are read: a table without those of tables that inherit from it, but with those of its partitions.
    fn source(&self) -> String {
        match self.kind {
            RelationKind::Partitioned => self.quoted.clone(),
            _ => format!("ONLY {}", self.quoted),
        }
    }
}

async fn checksum(connection: &mut PgConnection, url: &Url, table: &Table) -> Result<(i64, String)> {
    let query = filled(
        file!("checksum"),
        &[
            ("relation", &table.all_columns.join(", ")),
            ("packwright_copy", &table.source()),
        ],
    );
    sqlx::query_as(AssertSqlSafe(query))
        .fetch_one(connection)
        .await
        .explain(url, READING)
}

async fn raw(connection: &mut PgConnection, url: &Url, script: &str) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(script.to_owned()))
        .execute(connection)
        .await
        .explain(url, WRITING)
        .map(drop)
}
