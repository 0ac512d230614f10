//! A database to try things in: empty, of the same engine, gone afterwards.
//!
//! SQLite: a file in a temporary folder. PostgreSQL: a database of its own on the same server, made from `template0` and dropped at
//! the end. One that a killed process left behind is dropped by the next that looks, an hour later at the earliest.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::failure::Result;
use crate::io::{clock, files, host};

use super::database::Database;
use super::postgres;
use super::trouble::{Explain as _, explain, sqlstate};
use super::url::{Target, Url};

/// Seconds after which a scratch database without connections is taken for left behind.
const STALE: u64 = 3_600;

/// How long an interrupted command may take to drop its scratch database.
const GOODBYE: Duration = Duration::from_secs(3);

/// An empty database and how to be rid of it.
#[derive(Debug)]
pub struct Scratch {
    pub url: Url,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder { _kept: files::TemporaryFolder },
    Server(Made),
}

/// A database on a server that is there because of us.
#[derive(Debug)]
struct Made {
    url: Url,
    name: String,
    is_gone: bool,
}

impl Scratch {
    /// Makes one: for a SQLite URL among the temporary files, for a server beside the database that the URL names.
    pub async fn beside(url: &Url) -> Result<Self> {
        let Target::Server(options) = &url.target else {
            let folder = files::temporary_folder()?;
            return Ok(Self {
                url: Url::of_file(folder.path().join("scratch.db")),
                place: Place::Folder { _kept: folder },
            });
        };
        let mut connection = postgres::open(url, options).await?;
        sweep(&mut connection).await;
        let name = format!(
            "packwright_scratch_{}_{}",
            clock::now().as_secs(),
            host::process_id()
        );
        let statement = include_str!("sql/postgres/make_scratch.sql").replace("the_database", &name);
        let made = sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await;
        let _ = connection.close().await;
        if let Err(error) = made {
            let failure = explain(url, "has no room for a scratch database", &error);
            return Err(match sqlstate(&error) {
                Some("42501") => {
                    failure.hint("grant the role `CREATEDB`, or name another server with `--scratch-url URL`")
                }
                _ => failure.hint("name another server with `--scratch-url URL`"),
            });
        }
        Ok(Self {
            url: url.of_database(options, &name),
            place: Place::Server(Made {
                url: url.clone(),
                name,
                is_gone: false,
            }),
        })
    }

    pub async fn open(&self) -> Result<Database> {
        Database::open(&self.url).await
    }

    /// Removes it. Connections to it are ended.
    pub async fn remove(mut self) -> Result<()> {
        match &mut self.place {
            Place::Server(made) => made.remove().await,
            Place::Folder { .. } => Ok(()),
        }
    }
}

impl Made {
    async fn remove(&mut self) -> Result<()> {
        let Self { url, name, .. } = self;
        let mut connection = postgres::connect(url).await?;
        drop_database(&mut connection, name)
            .await
            .explain(url, &format!("could not drop the scratch database `{name}`"))?;
        let _ = connection.close().await;
        self.is_gone = true;
        Ok(())
    }
}

impl Drop for Made {
    /// Whoever was interrupted, or went away with an error, has not removed it. What cannot be dropped now is swept up later.
    fn drop(&mut self) {
        if self.is_gone {
            return;
        }
        // On a thread of its own: the runtime of this one is not to be waited for from within, and may be ending.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                if let Ok(runtime) = runtime {
                    let _ = runtime.block_on(async { tokio::time::timeout(GOODBYE, self.remove()).await });
                }
            });
        });
    }
}

async fn drop_database(connection: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    let statement = include_str!("sql/postgres/drop_scratch.sql").replace("the_database", name);
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(connection)
        .await
        .map(drop)
}

/// Drops what others left behind. That it cannot be done is no reason not to go on.
async fn sweep(connection: &mut PgConnection) {
    let names: Vec<String> = sqlx::query_scalar(include_str!("sql/postgres/stale_scratch.sql"))
        .fetch_all(&mut *connection)
        .await
        .unwrap_or_default();
    for name in names.iter().filter(|name| is_stale(name, clock::now().as_secs())) {
        let _ = drop_database(connection, name).await;
    }
}

/// Whether a name is one that [`Scratch::beside`] gave more than [`STALE`] seconds ago.
fn is_stale(name: &str, now: u64) -> bool {
    let made = name
        .strip_prefix("packwright_scratch_")
        .and_then(|rest| rest.split_once('_'))
        .filter(|(_, process)| process.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|(made, _)| made.parse::<u64>().ok());
    made.is_some_and(|made| made.saturating_add(STALE) < now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_databases_of_our_own_naming_are_stale() {
        assert!(is_stale("packwright_scratch_1000_77", 5_000));
        for fresh in [
            "packwright_scratch_4000_77",
            "packwright_scratch_1000_77; DROP",
            "packwright_scratch_x_77",
            "packwright_scratch_1000",
            "shop",
        ] {
            assert!(!is_stale(fresh, 5_000), "{fresh}");
        }
    }
}
