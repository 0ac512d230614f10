//! SQLite to SQLite: the source is attached to the target, so that rows pass as they are, whatever their columns are declared as.
//!
//! A chunk is one transaction. The last transaction compares every table, puts right what the source changed meanwhile and puts the
//! triggers back; as a transaction sees both files at one moment, so does the finished copy.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::super::schema;
use super::{
    Copied, Event, Observer, Progress, Report, Request, Table, filled, not_empty, other_source, quoted,
    still_differs, tables,
};
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::store::{Database, Explain as _, RunLock};

const READING: &str = "could not be read";
const WRITING: &str = "could not be written to";

/// SQL of this folder.
macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("sql/sqlite/", $name, ".sql"))
    };
}

pub(super) async fn copy(request: Request<'_>, observer: Observer<'_>) -> Result<Report> {
    let Request { from, to, .. } = request;
    let (Some(source), Some(target)) = (from.file(), to.file()) else {
        return Err(Failure::user(
            "a database in memory cannot be copied: it is this process's own",
        ));
    };
    let Some(mut database) = Database::look(from).await? else {
        return Err(Failure::user(format!("`{from}` is not there")).hint("check the path"));
    };
    let source_schema = schema::read(&mut database, from).await?;
    database.close(from).await?;
    let mut database = Database::open(to).await?;
    if files::canonical(source)? == files::canonical(target)? {
        return Err(Failure::user(format!("`{from}` is both source and target")));
    }
    let target_schema = schema::read(&mut database, to).await?;
    let (tables, skipped) = tables(&source_schema, &target_schema, to)?;
    let lock = RunLock::take(&mut database, to, request.patience, &mut |holder| {
        observer(Event::Waiting(holder));
    })
    .await?;
    let done = match &mut database {
        Database::Sqlite(connection) => {
            sqlx::query(file!("attach"))
                .bind(source.to_string_lossy().into_owned())
                .execute(&mut **connection)
                .await
                .explain(from, READING)?;
            let mut copying = Copying { request, connection };
            copying.run(&tables, observer).await
        }
        Database::Postgres(_) => Err(Failure::internal("a file was opened as a server")),
    };
    lock.release(&mut database, to).await?;
    database.close(to).await?;
    let mut report = done?;
    report.skipped = skipped;
    Ok(report)
}

struct Copying<'a> {
    request: Request<'a>,
    connection: &'a mut SqliteConnection,
}

impl Copying<'_> {
    async fn run(&mut self, tables: &[Table], observer: Observer<'_>) -> Result<Report> {
        self.raw(file!("session")).await?;
        let mut progress = self.begin(tables).await?;
        let is_resumed = progress.values().any(|one| one.is_old);
        observer(Event::Begun(tables.len(), is_resumed));
        for table in tables {
            let note = progress.entry(table.shown.clone()).or_default();
            self.copy_table(table, note, observer).await?;
        }
        self.finish(tables, is_resumed, observer).await
    }

    async fn begin(&mut self, tables: &[Table]) -> Result<BTreeMap<String, Progress>> {
        let Request {
            from, to, replace, ..
        } = self.request;
        let is_begun: bool = self.one(file!("is_begun")).await? > 0;
        let mut progress = BTreeMap::new();
        if is_begun {
            let rows: Vec<(String, String, Option<String>, i64, bool)> =
                sqlx::query_as(file!("select_progress"))
                    .fetch_all(&mut *self.connection)
                    .await
                    .explain(to, READING)?;
            let other = rows.iter().find(|row| row.1 != from.to_string());
            if let (Some((_, other, ..)), false) = (other, replace) {
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
        self.raw(file!("begin")).await?;
        for table in tables.iter().filter(|_| !replace) {
            let query = file!("has_rows").replace("packwright_copy", &table.target());
            if self.one(&query).await? > 0 {
                return Err(not_empty(to, &table.shown));
            }
        }
        if !is_begun {
            self.raw(file!("create_copy")).await?;
            self.hold().await?;
        }
        for table in tables {
            if replace {
                self.raw(&file!("delete_rows").replace("packwright_copy", &table.target()))
                    .await?;
            }
            self.note(table, &Progress::default()).await?;
        }
        self.raw(file!("commit")).await?;
        Ok(progress)
    }

    /// Takes the triggers away and keeps their texts.
    async fn hold(&mut self) -> Result<()> {
        let to = self.request.to;
        let triggers: Vec<(String, String)> = sqlx::query_as(file!("triggers"))
            .fetch_all(&mut *self.connection)
            .await
            .explain(to, READING)?;
        for (place, (name, text)) in triggers.iter().enumerate() {
            sqlx::query(file!("put_held"))
                .bind(i64::try_from(place).unwrap_or(i64::MAX))
                .bind(text)
                .execute(&mut *self.connection)
                .await
                .explain(to, WRITING)?;
            self.raw(&file!("drop_trigger").replace("the_trigger", &quoted(name)))
                .await?;
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
            .execute(&mut *self.connection)
            .await
            .explain(self.request.to, WRITING)
            .map(drop)
    }

    async fn copy_table(
        &mut self,
        table: &Table,
        progress: &mut Progress,
        observer: Observer<'_>,
    ) -> Result<()> {
        while !progress.is_done {
            self.raw(file!("begin")).await?;
            let end = self.boundary(table, progress.position.as_deref()).await?;
            let mut bounds = Vec::new();
            if let Some(position) = &progress.position {
                bounds.push(format!("({}) > ({position})", table.key_names()));
            }
            if let Some(end) = &end {
                bounds.push(format!("({}) <= ({end})", table.key_names()));
            }
            progress.rows += self.copy_rows(table, &bounds).await?;
            progress.is_done = end.is_none();
            progress.position = end;
            self.note(table, progress).await?;
            self.raw(file!("commit")).await?;
            observer(Event::Rows(&table.shown, progress.rows));
        }
        Ok(())
    }

    async fn boundary(&mut self, table: &Table, position: Option<&str>) -> Result<Option<String>> {
        if table.key.is_empty() {
            return Ok(None);
        }
        let literals: Vec<String> = table
            .key
            .iter()
            .map(|(name, _)| format!("quote({name})"))
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
                ("packwright_copy", &table.origin()),
            ],
        );
        sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_optional(&mut *self.connection)
            .await
            .explain(self.request.from, READING)
    }

    async fn copy_rows(&mut self, table: &Table, bounds: &[String]) -> Result<u64> {
        let filter = match bounds {
            [] => String::new(),
            bounds => format!("WHERE {}", bounds.join(" AND ")),
        };
        let query = filled(
            file!("copy_rows"),
            &[
                ("relation", &table.columns),
                ("WHERE true", &filter),
                ("FROM packwright_copy", &format!("FROM {}", table.origin())),
                ("INTO packwright_copy", &format!("INTO {}", table.target())),
            ],
        );
        let done = sqlx::raw_sql(AssertSqlSafe(query))
            .execute(&mut *self.connection)
            .await
            .explain(self.request.to, WRITING)
            .map_err(|failure| failure.during(format!("`{}` could not be copied", table.shown)))?;
        Ok(done.rows_affected())
    }

    /// Compares, puts right, puts the triggers back and forgets the notes, in one transaction.
    async fn finish(&mut self, tables: &[Table], is_resumed: bool, observer: Observer<'_>) -> Result<Report> {
        let Request { from, to, .. } = self.request;
        let mut report = Report {
            is_resumed,
            ..Report::default()
        };
        self.raw(file!("begin")).await?;
        for table in tables {
            observer(Event::Verifying(&table.shown));
            let mut was_put_right = false;
            if !self.is_same(table).await? {
                was_put_right = true;
                self.raw(&file!("delete_rows").replace("packwright_copy", &table.target()))
                    .await?;
                self.copy_rows(table, &[]).await?;
                if !self.is_same(table).await? {
                    return Err(still_differs(from, to, &table.shown));
                }
            }
            let query = file!("count").replace("packwright_copy", &table.target());
            report.tables.push(Copied {
                name: table.shown.clone(),
                rows: u64::try_from(self.one(&query).await?).unwrap_or_default(),
                was_put_right,
                checksum: None,
            });
        }
        report.sequences = self.numbers().await?;
        let held: Vec<String> = sqlx::query_scalar(file!("select_held"))
            .fetch_all(&mut *self.connection)
            .await
            .explain(to, READING)?;
        for restore in held {
            self.raw(&restore).await?;
        }
        self.raw(file!("drop_copy")).await?;
        let violations = self.one(file!("count_violations")).await?;
        self.raw(file!("commit")).await?;
        if violations > 0 {
            report.skipped.push(format!(
                "{violations} rows refer to rows that are not there: they do so in the source too"
            ));
        }
        Ok(report)
    }

    /// As many rows, and none on either side that the other does not have. `quote` tells types and values apart as SQL does.
    async fn is_same(&mut self, table: &Table) -> Result<bool> {
        let count = |of: &str| file!("count").replace("packwright_copy", of);
        if self.one(&count(&table.target())).await? != self.one(&count(&table.origin())).await? {
            return Ok(false);
        }
        let columns: Vec<String> = table
            .all_columns
            .iter()
            .map(|name| format!("quote({name})"))
            .collect();
        for (one, other) in [(table.origin(), table.target()), (table.target(), table.origin())] {
            let query = filled(
                file!("difference"),
                &[
                    ("quote(relation)", &columns.join(", ")),
                    ("(SELECT restore AS relation FROM packwright_copy_held)", &other),
                    ("packwright_copy", &one),
                ],
            );
            if self.one(&query).await? > 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The last numbers of AUTOINCREMENT.
    async fn numbers(&mut self) -> Result<usize> {
        if self.one(file!("has_numbers")).await? == 0
            || self
                .one(&file!("has_numbers").replace("main.", "packwright_source."))
                .await?
                == 0
        {
            return Ok(0);
        }
        let own = "name NOT LIKE 'packwright\\_%' ESCAPE '\\'";
        let delete = format!("main.sqlite_sequence WHERE {own}");
        self.raw(&file!("delete_rows").replace("packwright_copy", &delete))
            .await?;
        let query = filled(
            file!("copy_rows"),
            &[
                ("relation", "name, seq"),
                ("WHERE true", &format!("WHERE {own}")),
                ("FROM packwright_copy", "FROM packwright_source.sqlite_sequence"),
                ("INTO packwright_copy", "INTO main.sqlite_sequence"),
            ],
        );
        let done = sqlx::raw_sql(AssertSqlSafe(query))
            .execute(&mut *self.connection)
            .await
            .explain(self.request.to, WRITING)?;
        Ok(usize::try_from(done.rows_affected()).unwrap_or_default())
    }

    async fn one(&mut self, query: &str) -> Result<i64> {
        sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
            .fetch_one(&mut *self.connection)
            .await
            .explain(self.request.to, READING)
    }

    async fn raw(&mut self, script: &str) -> Result<()> {
        sqlx::raw_sql(AssertSqlSafe(script.to_owned()))
            .execute(&mut *self.connection)
            .await
            .explain(self.request.to, WRITING)
            .map(drop)
    }
}

impl Table {
    fn target(&self) -> String {
        format!("main.{}", self.quoted)
    }

    fn origin(&self) -> String {
        format!("packwright_source.{}", self.quoted)
    }
}
