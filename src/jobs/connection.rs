//! A connection of either kind, lent for some statements: a queue's own, or one within a transaction of the caller's.

use sqlx::SqliteConnection;
use sqlx::postgres::PgConnection;

use crate::store::{Database, Engine};

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
    ($connection:expr, $inner:ident => $work:expr) => {
        match $connection {
            crate::jobs::Connection::Sqlite($inner) => $work,
            crate::jobs::Connection::Postgres($inner) => $work,
        }
    };
}
pub(super) use {on, sql};

/// A connection that someone else owns. What is done on it is part of the transaction it is in.
#[derive(Debug)]
pub enum Connection<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl<'a> From<&'a mut SqliteConnection> for Connection<'a> {
    fn from(connection: &'a mut SqliteConnection) -> Self {
        Self::Sqlite(connection)
    }
}

impl<'a> From<&'a mut PgConnection> for Connection<'a> {
    fn from(connection: &'a mut PgConnection) -> Self {
        Self::Postgres(connection)
    }
}

impl<'a> From<&'a mut Database> for Connection<'a> {
    fn from(database: &'a mut Database) -> Self {
        match database {
            Database::Sqlite(connection) => Self::Sqlite(connection),
            Database::Postgres(connection) => Self::Postgres(connection),
        }
    }
}

impl Connection<'_> {
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs one of packwright's own scripts.
    pub(super) async fn raw(&mut self, script: &'static str) -> Result<(), sqlx::Error> {
        on!(self, connection => sqlx::raw_sql(script).execute(&mut **connection).await.map(drop))
    }

    pub(super) async fn begin(&mut self) -> Result<(), sqlx::Error> {
        self.raw(sql!(self.engine(), "begin.sql")).await
    }

    /// Ends a transaction well or, after an error, without effect.
    pub(super) async fn end<T>(&mut self, result: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        match result {
            Ok(value) => match self.raw(sql!(self.engine(), "commit.sql")).await {
                Ok(()) => Ok(value),
                Err(error) => Err(self.roll_back(error).await),
            },
            Err(error) => Err(self.roll_back(error).await),
        }
    }

    /// The first error is the one to tell.
    async fn roll_back(&mut self, error: sqlx::Error) -> sqlx::Error {
        let _ = self.raw(sql!(self.engine(), "rollback.sql")).await;
        error
    }
}
