//! The history of a database: which versions are applied, in the tables of sqlx or of Supabase, with packwright's own notes beside.
//!
//! `_sqlx_migrations` is kept exactly as sqlx 0.9 keeps it, and `supabase_migrations.schema_migrations` as the Supabase CLI does,
//! so that those tools go on where packwright stopped and the other way round. What they do not know (semantic checksums, how far a
//! file without transaction got) stands in `packwright_migrations`, written in the same transaction.

use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::store::{Database, Engine, Explain as _, Url};

use super::checksum;
use super::migrations::{Layout, Migration};
use super::plan::{Applied, Note};
use super::script::Job;

/// Reads the SQL of one dialect.
macro_rules! sql {
    ($engine:expr, $file:literal) => {
        match $engine {
            crate::store::Engine::Sqlite => include_str!(concat!("sql/sqlite/", $file)),
            crate::store::Engine::Postgres => include_str!(concat!("sql/postgres/", $file)),
        }
    };
}
/// Does the same work on a connection of either kind.
macro_rules! on {
    ($database:expr, $connection:ident => $work:expr) => {
        match $database {
            crate::store::Database::Sqlite(connection) => {
                let $connection = &mut **connection;
                $work
            }
            crate::store::Database::Postgres(connection) => {
                let $connection = &mut **connection;
                $work
            }
        }
    };
}
pub(super) use {on, sql};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Whose table holds the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// `_sqlx_migrations`
    Sqlx,
    /// `supabase_migrations.schema_migrations`
    Supabase,
}

impl Keeper {
    /// `sqlx` or `supabase`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlx => "sqlx",
            Self::Supabase => "supabase",
        }
    }

    /// Where nothing is known of the database yet.
    pub fn of_layout(layout: Layout, engine: Engine) -> Self {
        match (layout, engine) {
            (Layout::Supabase, Engine::Postgres) => Self::Supabase,
            _ => Self::Sqlx,
        }
    }
}

/// What was found in a database.
#[derive(Debug, Clone)]
pub struct History {
    pub keeper: Keeper,
    /// Ordered by version.
    pub rows: Vec<Applied>,
}

type HistoryRow = (i64, String, Option<String>, bool, Vec<u8>, i64);
type NoteRow = (i64, Vec<u8>, Vec<u8>, i64, i64, bool);

impl History {
    /// Reads the history; a database without one has an empty one.
    ///
    /// A Supabase folder on PostgreSQL keeps its history where the Supabase CLI does, unless the database has one of sqlx and none
    /// of Supabase.
    pub async fn read(database: &mut Database, url: &Url, layout: Layout) -> Result<Self> {
        let engine = database.engine();
        let (sqlx, notes, supabase): (bool, bool, bool) = on!(database, connection => {
            sqlx::query_as(sql!(engine, "tables.sql")).fetch_one(connection).await
        })
        .explain(url, "could not be asked for its tables")?;
        let keeper = match Keeper::of_layout(layout, engine) {
            Keeper::Supabase if sqlx && !supabase => Keeper::Sqlx,
            keeper => keeper,
        };
        let mut rows = match keeper {
            Keeper::Sqlx if sqlx => read_sqlx(database, url).await?,
            Keeper::Supabase if supabase => read_supabase(database, url).await?,
            _ => Vec::new(),
        };
        if notes {
            add_notes(&mut rows, read_notes(database, url).await?);
        }
        rows.sort_by_key(|row| row.version);
        Ok(Self { keeper, rows })
    }
}

async fn read_sqlx(database: &mut Database, url: &Url) -> Result<Vec<Applied>> {
    let engine = database.engine();
    let rows: Vec<HistoryRow> = on!(database, connection => {
        sqlx::query_as(sql!(engine, "select_history.sql")).fetch_all(connection).await
    })
    .explain(url, "could not be asked for its history in `_sqlx_migrations`")?;
    let row = |(version, description, installed_on, success, checksum, time): HistoryRow| Applied {
        version,
        description,
        installed_on,
        // sqlx writes -1 until it knows.
        duration: u64::try_from(time).ok().map(Duration::from_nanos),
        success,
        checksum: Some(checksum),
        ..Applied::default()
    };
    Ok(rows.into_iter().map(row).collect())
}

async fn read_supabase(database: &mut Database, url: &Url) -> Result<Vec<Applied>> {
    let Database::Postgres(connection) = database else {
        return Ok(Vec::new());
    };
    let rows: Vec<(String, Option<String>, Option<String>)> =
        sqlx::query_as(include_str!("sql/postgres/select_supabase.sql"))
            .fetch_all(&mut **connection)
            .await
            .explain(
                url,
                "could not be asked for its history in `supabase_migrations.schema_migrations`",
            )?;
    rows.into_iter()
        .map(|(version, name, statements)| {
            let number = version.parse().map_err(|_| {
                Failure::user(format!(
                    "`{url}` has a version in its history that is no number: `{version}`"
                ))
                .hint("it stands in `supabase_migrations.schema_migrations`: correct or delete that row")
            })?;
            Ok(Applied {
                version: number,
                description: name.unwrap_or_default().replace('_', " "),
                success: true,
                statements: statements.and_then(|json| serde_json::from_str(&json).ok()),
                ..Applied::default()
            })
        })
        .collect()
}

async fn read_notes(database: &mut Database, url: &Url) -> Result<Vec<(i64, Note)>> {
    let engine = database.engine();
    let rows: Vec<NoteRow> = on!(database, connection => {
        sqlx::query_as(sql!(engine, "select_notes.sql")).fetch_all(connection).await
    })
    .explain(url, "could not be asked for `packwright_migrations`")?;
    let note = |(version, checksum, semantic_checksum, statements, done, in_doubt): NoteRow| {
        let note = Note {
            checksum,
            semantic_checksum,
            statements: usize::try_from(statements).unwrap_or_default(),
            statements_done: usize::try_from(done).unwrap_or_default(),
            in_doubt,
        };
        (version, note)
    };
    Ok(rows.into_iter().map(note).collect())
}

/// Puts notes to their rows. Supabase's table has no row for a file that was only begun; the note stands in for it.
fn add_notes(rows: &mut Vec<Applied>, notes: Vec<(i64, Note)>) {
    for (version, note) in notes {
        let is_begun = note.statements_done < note.statements;
        match rows.iter_mut().find(|row| row.version == version) {
            Some(row) => row.note = Some(note),
            None if is_begun => rows.push(Applied {
                version,
                note: Some(note),
                ..Applied::default()
            }),
            // Undone by another tool.
            None => {}
        }
    }
}

/// Writes to the history of one database. None of these begins or ends a transaction.
#[derive(Debug)]
pub struct Writer<'a> {
    pub database: &'a mut Database,
    pub url: &'a Url,
    pub keeper: Keeper,
}

const WRITING: &str = "could not write its history";

impl Writer<'_> {
    /// Makes the tables where they are missing.
    pub async fn prepare(&mut self) -> Result<()> {
        let engine = self.database.engine();
        let history = match self.keeper {
            Keeper::Sqlx => sql!(engine, "create_history.sql"),
            Keeper::Supabase => include_str!("sql/postgres/create_supabase.sql"),
        };
        for script in [
            sql!(engine, "begin.sql"),
            history,
            sql!(engine, "create_notes.sql"),
            sql!(engine, "commit.sql"),
        ] {
            self.raw(script)
                .await
                .explain(self.url, "could not make the tables of the history")?;
        }
        self.raw(sql!(engine, "restore_session.sql"))
            .await
            .explain(self.url, "could not be prepared for a run")
    }

    /// Runs one of packwright's own scripts.
    pub async fn raw(&mut self, script: &'static str) -> Result<(), sqlx::Error> {
        on!(self.database, connection => sqlx::raw_sql(script).execute(connection).await.map(drop))
    }

    /// Whether the version stands in the history of a SQLite database by now: another tool may know no lock.
    pub async fn is_recorded(&mut self, version: i64) -> Result<bool> {
        let Database::Sqlite(connection) = &mut *self.database else {
            return Ok(false);
        };
        sqlx::query_scalar(include_str!("sql/sqlite/is_recorded.sql"))
            .bind(version)
            .fetch_one(&mut **connection)
            .await
            .explain(self.url, "could not be asked for its history")
    }

    /// Records a migration that is applied as a whole.
    pub async fn record(&mut self, migration: &Migration, job: &Job<'_>, took: Duration) -> Result<()> {
        match self.keeper {
            Keeper::Sqlx => {
                let engine = self.database.engine();
                on!(self.database, connection => sqlx::query(sql!(engine, "insert_history.sql"))
                    .bind(migration.version)
                    .bind(migration.description.as_str())
                    .bind(checksum::of_bytes(job.source.text().as_bytes()))
                    .bind(nanoseconds(took))
                    .execute(connection).await.map(drop))
                .explain(self.url, WRITING)?;
            }
            Keeper::Supabase => self.record_supabase(migration, job).await?,
        }
        self.note(migration.version, job, job.script.statements.len(), false)
            .await
    }

    async fn record_supabase(&mut self, migration: &Migration, job: &Job<'_>) -> Result<()> {
        let Database::Postgres(connection) = &mut *self.database else {
            return Err(Failure::internal("the history of Supabase is in PostgreSQL"));
        };
        let statements: Vec<&str> = job
            .statements()
            .iter()
            .map(|one| job.script.text_of(one))
            .collect();
        sqlx::query(include_str!("sql/postgres/insert_supabase.sql"))
            .bind(migration.version_text.as_str())
            .bind(migration.description.replace(' ', "_"))
            .bind(statements)
            .execute(&mut **connection)
            .await
            .map(drop)
            .explain(self.url, WRITING)
    }

    /// Records that a file without transaction is begun.
    pub async fn begin(&mut self, migration: &Migration, job: &Job<'_>) -> Result<()> {
        if self.keeper == Keeper::Sqlx {
            let engine = self.database.engine();
            on!(self.database, connection => sqlx::query(sql!(engine, "begin_history.sql"))
                .bind(migration.version)
                .bind(migration.description.as_str())
                .bind(checksum::of_bytes(job.source.text().as_bytes()))
                .execute(connection).await.map(drop))
            .explain(self.url, WRITING)?;
        }
        Ok(())
    }

    /// Notes how far a file is applied: the first `done` statements, and whether the next one is begun outside a transaction.
    pub async fn note(&mut self, version: i64, job: &Job<'_>, done: usize, in_doubt: bool) -> Result<()> {
        let engine = self.database.engine();
        let statements = &job.script.statements;
        on!(self.database, connection => sqlx::query(sql!(engine, "put_note.sql"))
            .bind(version)
            .bind(checksum::of_bytes(job.source.text().as_bytes()))
            .bind(checksum::of_statements(&job.script, &statements[..done]))
            .bind(count(statements.len()))
            .bind(count(done))
            .bind(in_doubt)
            .bind(VERSION)
            .execute(connection).await.map(drop))
        .explain(self.url, WRITING)
    }

    /// Records that the last statement of a file without transaction is done.
    pub async fn finish(&mut self, migration: &Migration, job: &Job<'_>, took: Duration) -> Result<()> {
        match self.keeper {
            Keeper::Sqlx => {
                let engine = self.database.engine();
                on!(self.database, connection => sqlx::query(sql!(engine, "finish_history.sql"))
                    .bind(migration.version)
                    .bind(checksum::of_bytes(job.source.text().as_bytes()))
                    .bind(nanoseconds(took))
                    .execute(connection).await.map(drop))
                .explain(self.url, WRITING)
            }
            Keeper::Supabase => self.record_supabase(migration, job).await,
        }
    }

    /// Takes a version out of the history.
    pub async fn remove(&mut self, migration: &Migration) -> Result<()> {
        let engine = self.database.engine();
        match self.keeper {
            Keeper::Sqlx => {
                on!(self.database, connection => sqlx::query(sql!(engine, "delete_history.sql"))
                    .bind(migration.version).execute(connection).await.map(drop))
            }
            Keeper::Supabase => match &mut *self.database {
                Database::Postgres(connection) => {
                    sqlx::query(include_str!("sql/postgres/delete_supabase.sql"))
                        .bind(migration.version_text.as_str())
                        .execute(&mut **connection)
                        .await
                        .map(drop)
                }
                Database::Sqlite(_) => Ok(()),
            },
        }
        .explain(self.url, WRITING)?;
        on!(self.database, connection => sqlx::query(sql!(engine, "delete_note.sql"))
            .bind(migration.version).execute(connection).await.map(drop))
        .explain(self.url, WRITING)
    }
}

fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
