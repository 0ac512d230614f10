//! One run at a time: a lock on the whole database that waits only so long and ends with its holder.
//!
//! SQLite: a file beside the database, locked by the kernel. PostgreSQL: the session-level advisory lock that sqlx takes when it
//! migrates, so that the two exclude each other; it is tried, never waited for inside the server, where a blocked waiter would
//! deadlock with `CREATE INDEX CONCURRENTLY`. Both are let go by the system when the holder's process ends, however it ends.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgConnection;

use crate::failure::{Failure, Result};
use crate::io::clock::{self, Stopwatch};
use crate::io::host;
use crate::io::lock::FileLock;
use crate::text::slashed;

use super::database::Database;
use super::pooler;
use super::trouble::Explain;
use super::url::Url;

/// Time between two tries.
const POLL: Duration = Duration::from_millis(50);

/// How long a holder may take to sign, or to be gone, before it counts as nameless.
const MOMENT: Duration = Duration::from_millis(500);

/// Who has the lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// `packwright`, or what another program calls itself.
    pub program: String,
    /// Process on `host`; for another program than packwright the number of its server process.
    pub process: u32,
    pub host: String,
    /// Seconds since the Unix epoch when it took the lock, or connected.
    pub since: u64,
}

impl Holder {
    /// Seconds since it took the lock.
    pub fn age(&self) -> u64 {
        clock::now().as_secs().saturating_sub(self.since)
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            program,
            process,
            host,
            ..
        } = self;
        write!(
            formatter,
            "{program}, process {process} on {host}, for {} s",
            self.age()
        )
    }
}

/// The lock, held.
#[derive(Debug)]
pub enum RunLock {
    /// A database in memory belongs to one process anyway.
    Unneeded,
    File(FileLock),
    /// Key of the advisory lock, held by the session.
    Session(i64),
}

impl RunLock {
    /// Takes the lock, trying for at most `patience`. `waiting` is told of the holder when the lock is not free at once.
    pub async fn take(
        database: &mut Database,
        url: &Url,
        patience: Duration,
        waiting: &mut dyn FnMut(Option<&Holder>),
    ) -> Result<Self> {
        if let Database::Postgres(connection) = database {
            pooler::refuse(connection, url).await?;
        }
        let watch = Stopwatch::start();
        let mut told = false;
        loop {
            if let Some(lock) = Self::try_take(database, url).await? {
                return Ok(lock);
            }
            let waited = watch.elapsed();
            if waited >= patience || !told {
                let holder = holder(database, url).await?;
                // Whom nobody can name has just let go, or has not signed yet: either is known in a moment.
                if holder.is_some() || waited >= MOMENT {
                    if waited >= patience {
                        return Err(timed_out(url, patience, holder.as_ref()));
                    }
                    waiting(holder.as_ref());
                    told = true;
                }
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn try_take(database: &mut Database, url: &Url) -> Result<Option<Self>> {
        match database {
            Database::Sqlite(_) => {
                let Some(path) = lock_path(url) else {
                    return Ok(Some(Self::Unneeded));
                };
                let us = Holder {
                    program: "packwright".to_owned(),
                    process: host::process_id(),
                    host: host::name(),
                    since: clock::now().as_secs(),
                };
                let note = serde_json::to_string(&us)
                    .map_err(|error| Failure::internal("cannot write the lock's note").because(&error))?;
                Ok(FileLock::try_take(&path, &note)?.map(Self::File))
            }
            Database::Postgres(connection) => {
                let key = key_of(connection, url).await?;
                let taken: bool = sqlx::query_scalar(include_str!("sql/postgres/try_lock.sql"))
                    .bind(key)
                    .fetch_one(&mut **connection)
                    .await
                    .explain(url, "could not be locked")?;
                Ok(taken.then_some(Self::Session(key)))
            }
        }
    }

    /// Lets go. A lock that is dropped instead ends with the file or the session that holds it.
    pub async fn release(self, database: &mut Database, url: &Url) -> Result<()> {
        if let (Self::Session(key), Database::Postgres(connection)) = (&self, database) {
            sqlx::query_scalar::<_, bool>(include_str!("sql/postgres/unlock.sql"))
                .bind(key)
                .fetch_one(&mut **connection)
                .await
                .explain(url, "could not be unlocked")?;
        }
        Ok(())
    }
}

fn lock_path(url: &Url) -> Option<PathBuf> {
    let mut name = url.file()?.as_os_str().to_owned();
    name.push(".packwright-lock");
    Some(PathBuf::from(name))
}

async fn key_of(connection: &mut PgConnection, url: &Url) -> Result<i64> {
    let name: String = sqlx::query_scalar(include_str!("sql/postgres/current_database.sql"))
        .fetch_one(connection)
        .await
        .explain(url, "could not be asked for its name")?;
    Ok(advisory_key(&name))
}

/// The key that sqlx 0.9 uses for a database of this name (`sqlx-postgres`, `migrate.rs`).
fn advisory_key(database: &str) -> i64 {
    0x3d32_ad9e * i64::from(crc32(database.as_bytes()))
}

/// CRC-32 as in ISO 3309 (polynomial `0xEDB88320`, reflected).
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

async fn holder(database: &mut Database, url: &Url) -> Result<Option<Holder>> {
    match database {
        Database::Sqlite(_) => Ok(lock_path(url)
            .and_then(|path| FileLock::note(&path))
            .and_then(|note| serde_json::from_str(&note).ok())),
        Database::Postgres(connection) => {
            let key = key_of(connection, url).await?;
            let row: Option<(i32, String, String, i64)> =
                sqlx::query_as(include_str!("sql/postgres/lock_holder.sql"))
                    .bind(key)
                    .fetch_optional(&mut **connection)
                    .await
                    .explain(url, "could not be asked who holds its lock")?;
            Ok(row.map(|(process, application, address, since)| {
                holder_of_session(process, &application, &address, since)
            }))
        }
    }
}

/// Reads the application name that `postgres::open` gives; another program is named by its server process and address.
fn holder_of_session(process: i32, application: &str, address: &str, since: i64) -> Holder {
    let since = u64::try_from(since).unwrap_or_default();
    let ours = application.strip_prefix("packwright ").and_then(|rest| {
        let (process, host) = rest.split_once(' ')?;
        Some((process.parse().ok()?, host.to_owned()))
    });
    match ours {
        Some((process, host)) => Holder {
            program: "packwright".to_owned(),
            process,
            host,
            since,
        },
        None => Holder {
            program: match application {
                "" => "another program".to_owned(),
                name => name.to_owned(),
            },
            process: u32::try_from(process).unwrap_or_default(),
            host: format!("the server, connected from {address}"),
            since,
        },
    }
}

fn timed_out(url: &Url, patience: Duration, holder: Option<&Holder>) -> Failure {
    let failure = Failure::user(format!(
        "`{url}` is still being migrated by another run after {} s",
        patience.as_secs_f64()
    ));
    let failure = match holder {
        Some(holder) => failure
            .caused_by(format!("the lock is held by {holder}"))
            .hint("if that run hangs, end its process: the lock goes with it"),
        None => failure.caused_by("the lock is held by a process that does not say who it is"),
    };
    let failure = match lock_path(url) {
        Some(path) => failure.hint(format!(
            "the lock is `{}`; removing the file does not end the other run",
            slashed(&path)
        )),
        None => failure,
    };
    failure
        .hint("to wait longer, use `--lock-timeout SECONDS` or set `lock_timeout_seconds` under `[database]`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_has_its_check_value() {
        // The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_session_of_ours_is_named_by_its_process_and_host() {
        let name = super::super::postgres::application_name(4711, "build-7");
        let holder = holder_of_session(99, &name, "10.0.0.1", 5);
        assert_eq!((holder.process, holder.host.as_str()), (4711, "build-7"));
        let holder = holder_of_session(99, "psql", "10.0.0.1", 5);
        assert_eq!((holder.process, holder.program.as_str()), (99, "psql"));
    }
}
