//! Writing the history: rows in the shared table, packwright's notes beside them.

use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::store::{Database, Explain as _, Url};

use super::checksum;
use super::history::{Keeper, on, sql};
use super::migrations::Migration;
use super::script::Job;

const VERSION: &str = env!("CARGO_PKG_VERSION");

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
