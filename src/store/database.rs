//! One connection to the configured database, of either kind.

use std::path::Path;

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, SqliteConnection};

use crate::failure::Result;
use crate::io::files;

use super::sqlite;
use super::url::{Access, Target, Url};
use super::{postgres, trouble};

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// `sqlite` or `postgres`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// One open connection.
#[derive(Debug)]
pub enum Database {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>),
}

impl Database {
    /// Opens the database for reading and writing; a SQLite file that is missing is made.
    pub async fn open(url: &Url) -> Result<Self> {
        match &url.target {
            Target::Memory => Ok(Self::Sqlite(Box::new(sqlite::open_memory().await?))),
            Target::File { path, access } => Self::open_file(url, path, *access).await,
            Target::Server(options) => Ok(Self::Postgres(Box::new(postgres::open(url, options).await?))),
        }
    }

    /// Opens the database for a look, or returns `None` for a SQLite file that is not there yet. A file is opened for writing all
    /// the same: after a crash the first reader has to tidy up.
    pub async fn look(url: &Url) -> Result<Option<Self>> {
        match &url.target {
            Target::File { path, .. } if !files::exists(path) => Ok(None),
            Target::File { path, access } => {
                let access = match access {
                    Access::Create => Access::Existing,
                    other => *other,
                };
                Self::open_file(url, path, access).await.map(Some)
            }
            Target::Memory | Target::Server(_) => Ok(Some(Self::open(url).await?)),
        }
    }

    async fn open_file(url: &Url, path: &Path, access: Access) -> Result<Self> {
        let connection = sqlite::open(path, access, url.patience.busy).await?;
        Ok(Self::Sqlite(Box::new(connection)))
    }

    /// Like [`look`](Self::look), for what may be a moment old: reads from one of the replicas that the URL carries. Where none of
    /// them can be had, `notice` is told, and the database itself is read.
    pub async fn read(url: &Url, notice: &mut dyn FnMut(String)) -> Result<Option<Self>> {
        let count = url.replicas.len();
        let first = if count > 1 { fastrand::usize(..count) } else { 0 };
        for step in 0..count {
            let replica = &url.replicas[(first + step) % count];
            match Self::look(replica).await {
                Ok(Some(database)) => return Ok(Some(database)),
                Ok(None) => notice(format!("the replica `{replica}` is not there")),
                Err(failure) => notice(match failure.causes.first() {
                    Some(cause) => format!("the replica {}: {cause}", failure.message),
                    None => format!("the replica {}", failure.message),
                }),
            }
        }
        if count > 0 {
            notice(format!("reading from `{url}` instead"));
        }
        Self::look(url).await
    }

    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Says goodbye, so that a server does not have to find out by itself.
    pub async fn close(self, url: &Url) -> Result<()> {
        let closed = match self {
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(connection) => connection.close().await,
        };
        closed.map_err(|error| trouble::explain(url, "could not be closed", &error))
    }
}

impl Url {
    pub fn engine(&self) -> Engine {
        match &self.target {
            Target::Memory | Target::File { .. } => Engine::Sqlite,
            Target::Server(_) => Engine::Postgres,
        }
    }
}
