//! Writing the history: rows in the shared table, packwright's notes beside them.

use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::store::{Database, Engine, Explain as _, Url};

use super::checksum;
use super::history::{Keeper, on, sql};
use super::migrations::Migration;
use super::script::Job;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Who does something, as the log tells it.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    /// Name of the user at this machine.
    pub user: String,
    pub host: String,
    pub process: u32,
}

/// Which way a file leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
}

/// Writes to the history of one database. None of these begins or ends a transaction.
#[derive(Debug)]
pub struct Writer<'a> {
    pub database: &'a mut Database,
    pub url: &'a Url,
    pub keeper: Keeper,
    pub actor: &'a Actor,
    /// What is being done, as the log tells it: `up`, `redo`, `baseline`, ….
    pub action: &'static str,
}

/// A line of the log.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry<'a> {
    pub version: i64,
    pub description: &'a str,
    /// `begun`, `done` or `failed`.
    pub outcome: &'a str,
    pub statements: usize,
    pub took: Duration,
    pub detail: &'a str,
}

/// Files above this many bytes are not kept word for word.
const KEPT: usize = 1 << 20;

const PREPARING: &str = "could not be prepared for a run";
pub(super) const WRITING: &str = "could not write its history";

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
            .explain(self.url, PREPARING)
    }

    /// Lets the first of several commits reach the disk together with the last, where nothing can be torn by that: SQLite's log of
    /// writes keeps their order, so that a machine that fails takes back the last migrations as a whole, rows of the history and all.
    pub async fn relax(&mut self) -> Result<()> {
        let Database::Sqlite(connection) = &mut *self.database else {
            return Ok(());
        };
        let mode: String = sqlx::query_scalar(include_str!("sql/sqlite/journal_mode.sql"))
            .fetch_one(&mut **connection)
            .await
            .explain(self.url, PREPARING)?;
        if mode != "wal" {
            return Ok(());
        }
        self.raw(include_str!("sql/sqlite/relax.sql"))
            .await
            .explain(self.url, PREPARING)
    }

    /// From here on a commit has reached the disk when it is done, and whatever was committed before it as well.
    pub async fn settle(&mut self) -> Result<()> {
        if self.database.engine() == Engine::Postgres {
            return Ok(());
        }
        self.raw(include_str!("sql/sqlite/settle.sql"))
            .await
            .explain(self.url, PREPARING)
    }

    /// Runs one of packwright's own scripts.
    pub async fn raw(&mut self, script: &'static str) -> Result<(), sqlx::Error> {
        on!(self.database, connection => sqlx::raw_sql(script).execute(connection).await.map(drop))
    }

    /// Records a migration that is applied as a whole.
    pub async fn record(&mut self, migration: &Migration, job: &Job<'_>, took: Duration) -> Result<()> {
        if self.keeper == Keeper::Supabase {
            self.record_supabase(migration, job).await?;
            return self.add_to_record(migration, job, took).await;
        }
        let record = Record::of(self.action, self.actor, migration, job);
        match &mut *self.database {
            Database::Sqlite(connection) => {
                let script = concat!(
                    include_str!("sql/sqlite/claim.sql"),
                    include_str!("sql/sqlite/record.sql")
                );
                let query = record.bind_sqlite(sqlx::query(script), nanoseconds(took));
                query.execute(&mut **connection).await.map(drop)
            }
            Database::Postgres(connection) => {
                let query = sqlx::query(include_str!("sql/postgres/record.sql"));
                let query = record.bind_postgres(query, nanoseconds(took));
                query.execute(&mut **connection).await.map(drop)
            }
        }
        .explain(self.url, WRITING)
    }

    /// What stands beside the history: the note, the text, the log.
    async fn add_to_record(&mut self, migration: &Migration, job: &Job<'_>, took: Duration) -> Result<()> {
        let all = job.script.statements.len();
        self.note(Way::Up, migration.version, job, all, false).await?;
        self.keep_text(migration.version, job).await?;
        self.log(Entry {
            version: migration.version,
            description: &migration.description,
            outcome: "done",
            statements: all,
            took,
            detail: "",
        })
        .await
    }

    /// Keeps the text of a file word for word.
    pub async fn keep_text(&mut self, version: i64, job: &Job<'_>) -> Result<()> {
        let Some(text) = kept_text(job) else {
            return Ok(());
        };
        let engine = self.database.engine();
        on!(self.database, connection => sqlx::query(sql!(engine, "put_text.sql"))
            .bind(version)
            .bind(checksum::of_bytes(job.source.text().as_bytes()))
            .bind(text)
            .execute(connection).await.map(drop))
        .explain(self.url, WRITING)
    }

    /// Adds a line to the log.
    pub async fn log(&mut self, entry: Entry<'_>) -> Result<()> {
        let engine = self.database.engine();
        on!(self.database, connection => sqlx::query(sql!(engine, "put_log.sql"))
            .bind(self.action)
            .bind(entry.version)
            .bind(entry.description)
            .bind(entry.outcome)
            .bind(count(entry.statements))
            .bind(nanoseconds(entry.took))
            .bind(entry.detail)
            .bind(self.actor.user.as_str())
            .bind(self.actor.host.as_str())
            .bind(i64::from(self.actor.process))
            .bind(VERSION)
            .execute(connection).await.map(drop))
        .explain(self.url, WRITING)
    }

    /// Adds to the log that something failed. The failure is what is reported; that it cannot be logged is not.
    pub async fn log_failure(&mut self, migration: &Migration, failure: &Failure) {
        let detail = failure.to_string();
        let _ = self
            .log(Entry {
                version: migration.version,
                description: &migration.description,
                outcome: "failed",
                detail: &detail,
                ..Entry::default()
            })
            .await;
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

    /// Marks a version as neither applied nor gone, where the history can say so.
    pub async fn begin_undo(&mut self, version: i64) -> Result<()> {
        if self.keeper == Keeper::Sqlx {
            let engine = self.database.engine();
            on!(self.database, connection => sqlx::query(sql!(engine, "mark_undoing.sql"))
                .bind(version).execute(connection).await.map(drop))
            .explain(self.url, WRITING)?;
        }
        Ok(())
    }

    /// Notes how far a file is run: the first `done` statements, and whether the next one is begun outside a transaction.
    pub async fn note(
        &mut self,
        way: Way,
        version: i64,
        job: &Job<'_>,
        done: usize,
        in_doubt: bool,
    ) -> Result<()> {
        let engine = self.database.engine();
        let statements = &job.script.statements;
        let query = match way {
            Way::Up => sql!(engine, "put_note.sql"),
            Way::Down => sql!(engine, "put_undo.sql"),
        };
        on!(self.database, connection => sqlx::query(query)
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

    /// Takes a version out of the history, with everything noted about it but the log.
    pub async fn remove(&mut self, version: i64, version_text: &str) -> Result<()> {
        let engine = self.database.engine();
        match self.keeper {
            Keeper::Sqlx => {
                on!(self.database, connection => sqlx::query(sql!(engine, "delete_history.sql"))
                    .bind(version).execute(connection).await.map(drop))
            }
            Keeper::Supabase => match &mut *self.database {
                Database::Postgres(connection) => {
                    sqlx::query(include_str!("sql/postgres/delete_supabase.sql"))
                        .bind(version_text)
                        .execute(&mut **connection)
                        .await
                        .map(drop)
                }
                Database::Sqlite(_) => Ok(()),
            },
        }
        .explain(self.url, WRITING)?;
        for query in [
            sql!(engine, "delete_note.sql"),
            sql!(engine, "delete_undo.sql"),
            sql!(engine, "delete_text.sql"),
        ] {
            on!(self.database, connection => sqlx::query(query)
                .bind(version).execute(connection).await.map(drop))
            .explain(self.url, WRITING)?;
        }
        Ok(())
    }

    /// Records the text of a file as what is applied, whatever was recorded before, and the version as whole.
    pub async fn adopt(&mut self, migration: &Migration, job: &Job<'_>) -> Result<()> {
        let engine = self.database.engine();
        match (self.keeper, &mut *self.database) {
            (Keeper::Supabase, Database::Postgres(connection)) => {
                let statements: Vec<&str> = job
                    .statements()
                    .iter()
                    .map(|one| job.script.text_of(one))
                    .collect();
                let done = sqlx::query(include_str!("sql/postgres/update_supabase.sql"))
                    .bind(migration.version_text.as_str())
                    .bind(statements)
                    .bind(migration.description.replace(' ', "_"))
                    .execute(&mut **connection)
                    .await
                    .explain(self.url, WRITING)?;
                if done.rows_affected() == 0 {
                    self.record_supabase(migration, job).await?;
                }
            }
            _ => {
                on!(self.database, connection => sqlx::query(sql!(engine, "repair_history.sql"))
                    .bind(migration.version)
                    .bind(checksum::of_bytes(job.source.text().as_bytes()))
                    .execute(connection).await.map(drop))
                .explain(self.url, WRITING)?;
            }
        }
        let all = job.script.statements.len();
        self.note(Way::Up, migration.version, job, all, false).await?;
        self.keep_text(migration.version, job).await
    }
}

/// Everything that is recorded of a file that is applied as a whole.
#[derive(Debug)]
pub struct Record<'a> {
    action: &'static str,
    actor: &'a Actor,
    migration: &'a Migration,
    checksum: Vec<u8>,
    semantic_checksum: Vec<u8>,
    statements: i64,
    text: Option<&'a str>,
}

/// Binds the values of `record.sql`, which has them in the same order on each engine.
macro_rules! bind_record {
    ($record:expr, $query:expr, $time:expr) => {
        $query
            .bind($record.migration.version)
            .bind($record.migration.description.as_str())
            .bind($record.checksum)
            .bind($time)
            .bind($record.semantic_checksum)
            .bind($record.statements)
            .bind(VERSION)
            .bind($record.text)
            .bind($record.action)
            .bind($record.actor.user.as_str())
            .bind($record.actor.host.as_str())
            .bind(i64::from($record.actor.process))
    };
}

type Query<'q, D> = sqlx::query::Query<'q, D, <D as sqlx::Database>::Arguments>;

impl<'a> Record<'a> {
    pub fn of(action: &'static str, actor: &'a Actor, migration: &'a Migration, job: &Job<'a>) -> Self {
        Self {
            action,
            actor,
            migration,
            checksum: checksum::of_bytes(job.source.text().as_bytes()),
            semantic_checksum: checksum::of_scripts([&job.script]),
            statements: count(job.script.statements.len()),
            text: kept_text(job),
        }
    }

    /// `time` is the fourth value.
    pub fn bind_sqlite<'q>(self, query: Query<'q, sqlx::Sqlite>, time: i64) -> Query<'q, sqlx::Sqlite>
    where
        'a: 'q,
    {
        bind_record!(self, query, time)
    }

    pub fn bind_postgres<'q>(self, query: Query<'q, sqlx::Postgres>, time: i64) -> Query<'q, sqlx::Postgres>
    where
        'a: 'q,
    {
        bind_record!(self, query, time)
    }
}

/// The text to keep, unless it is too long.
fn kept_text<'a>(job: &Job<'a>) -> Option<&'a str> {
    let text = job.source.text();
    (text.len() <= KEPT && !text.contains('\0')).then_some(text)
}

fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
