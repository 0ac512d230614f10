//! PostgreSQL: an archive of `pg_dump`, with catalog and counts of the same moment.
//!
//! A transaction of ours locks the tables, takes a snapshot and lends it to `pg_dump`; what is read of the database is read in it.

use std::path::Path;

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use crate::db::catalog::{self, Catalog};
use crate::db::history::History;
use crate::db::names::Layout;
use crate::failure::{Failure, Result};
use crate::io::hashed::HashedFile;
use crate::io::pipe::{Pipe, Program};
use crate::store::{Database, Explain as _, Url, explain, sqlstate};

use super::counts::{self, Counts};
use super::tools::Tool;

/// Variables that would lead a program of PostgreSQL elsewhere than the URL does.
pub const MISLEADING: &[&str] = &["PGSERVICE", "PGSERVICEFILE", "PGHOSTADDR", "PGTARGETSESSIONATTRS"];

/// How often to look anew when a table vanishes between the look and the lock.
const LOOKS: usize = 5;

const BEGINNING: &str = "could not be made ready for a backup";

/// What belongs to the archive.
#[derive(Debug)]
pub struct Dumped {
    pub bytes: u64,
    pub sha256: String,
    pub catalog: Catalog,
    pub tables: Counts,
    pub migrations: Vec<i64>,
}

/// Major and full version of the server.
pub async fn server_version(connection: &mut PgConnection, url: &Url) -> Result<(u32, String)> {
    let (number, text): (i32, String) = sqlx::query_as(include_str!("sql/postgres/server_version.sql"))
        .fetch_one(connection)
        .await
        .explain(url, "could not be asked for its version")?;
    let version = text.split_whitespace().next().unwrap_or_default().to_owned();
    Ok((u32::try_from(number / 10_000).unwrap_or_default(), version))
}

/// Writes the archive to `path`. `told` is given how many bytes it has so far.
pub async fn dump(
    database: &mut Database,
    url: &Url,
    tool: &Tool,
    lock_timeout: u128,
    path: &Path,
    told: &mut dyn FnMut(u64),
) -> Result<Dumped> {
    let snapshot = begin(database, url, lock_timeout).await?;
    let dumped = within(database, url, tool, (&snapshot, lock_timeout), path, told).await;
    if let Database::Postgres(connection) = database {
        // Nothing was written; a connection that broke ends it as well.
        let _ = sqlx::raw_sql(include_str!("../sql/postgres/rollback.sql"))
            .execute(&mut **connection)
            .await;
    }
    dumped
}

/// Begins the transaction and gives the name of its snapshot.
async fn begin(database: &mut Database, url: &Url, lock_timeout: u128) -> Result<String> {
    let Database::Postgres(connection) = database else {
        return Err(Failure::internal("pg_dump reads PostgreSQL only"));
    };
    for looks in 1.. {
        let tables = counts::tables_of_postgres(connection, url).await?;
        let begin = include_str!("sql/postgres/begin_backup.sql").replace("4000", &lock_timeout.to_string());
        let begun = sqlx::raw_sql(AssertSqlSafe(begin))
            .execute(&mut **connection)
            .await;
        begun.explain(url, BEGINNING)?;
        let names: Vec<String> = tables
            .iter()
            .map(|table| format!("ONLY {}", counts::in_full(table)))
            .collect();
        if names.is_empty() {
            break;
        }
        let lock = include_str!("sql/postgres/lock_tables.sql")
            .replace("ONLY pg_catalog.pg_class", &names.join(", "));
        match sqlx::raw_sql(AssertSqlSafe(lock))
            .execute(&mut **connection)
            .await
        {
            Ok(_) => break,
            Err(error) => {
                let _ = sqlx::raw_sql(include_str!("../sql/postgres/rollback.sql"))
                    .execute(&mut **connection)
                    .await;
                let is_gone = matches!(sqlstate(&error), Some("42P01" | "3F000"));
                if !is_gone || looks == LOOKS {
                    let failure = explain(url, BEGINNING, &error);
                    return Err(match sqlstate(&error) {
                        Some("55P03") => failure.hint(
                            "another session is changing a table: try again when it is done, or raise `table_lock_timeout_ms` under `[database]`",
                        ),
                        _ => failure,
                    });
                }
            }
        }
    }
    sqlx::query_scalar(include_str!("sql/postgres/export_snapshot.sql"))
        .fetch_one(&mut **connection)
        .await
        .explain(url, BEGINNING)
}

async fn within(
    database: &mut Database,
    url: &Url,
    tool: &Tool,
    (snapshot, lock_timeout): (&str, u128),
    path: &Path,
    told: &mut dyn FnMut(u64),
) -> Result<Dumped> {
    let migrations = applied(database, url).await?;
    let Database::Postgres(connection) = database else {
        return Err(Failure::internal("pg_dump reads PostgreSQL only"));
    };
    let pipe = Pipe::open(Program {
        program: &tool.program,
        arguments: [
            "--format=custom",
            "--no-password",
            &format!("--snapshot={snapshot}"),
            // We hold the locks that it asks for, but whoever waits for a stronger one in between would be before it.
            &format!("--lock-wait-timeout={lock_timeout}"),
        ]
        .map(Into::into)
        .to_vec(),
        variables: url.variables(),
        without: MISLEADING,
    })?;
    let (written, read) = tokio::join!(write(pipe, path, told), async {
        let catalog = catalog::read_in_transaction(connection, url).await?;
        let tables = counts::of_postgres(connection, url).await?;
        Ok::<_, Failure>((catalog, tables))
    });
    let ((bytes, sha256), (catalog, tables)) = (written?, read?);
    Ok(Dumped {
        bytes,
        sha256,
        catalog,
        tables,
        migrations,
    })
}

/// The archive comes through a pipe of ours and not into a file of its own making, so that `pg_dump` ends when we do.
async fn write(mut pipe: Pipe, path: &Path, told: &mut dyn FnMut(u64)) -> Result<(u64, String)> {
    let mut file = HashedFile::create(path)?;
    loop {
        let bytes = pipe.fill().await?;
        if bytes.is_empty() {
            break;
        }
        file.write(bytes)?;
        let count = bytes.len();
        pipe.consume(count);
        told(file.bytes());
    }
    pipe.close().await.map_err(|failure| {
        let is_lock = failure.causes.iter().any(|cause| cause.contains("lock timeout"));
        if is_lock {
            failure.hint("another session is changing a table: try again when it is done")
        } else {
            failure
        }
    })?;
    file.finish()
}

/// The versions that are applied, in whichever history there is.
pub async fn applied(database: &mut Database, url: &Url) -> Result<Vec<i64>> {
    let mut history = History::read(database, url, Layout::Sqlx).await?;
    if history.rows.is_empty() {
        history = History::read(database, url, Layout::Supabase).await?;
    }
    let rows = history.rows.into_iter().filter(|row| row.success);
    Ok(rows.map(|row| row.version).collect())
}
