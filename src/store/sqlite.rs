//! SQLite: opening a file with the settings that make it safe to share between processes.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};

use crate::failure::{Failure, Result};
use crate::io::{clock::Stopwatch, files};

use super::trouble;
use super::url::{Access, Url};

/// Opens a connection: foreign keys are enforced, commits are durable (`synchronous = FULL`), writers are waited for as long as
/// `busy` says, and a new file is put in WAL mode. A file that is there keeps the journal mode its owner gave it.
///
/// Fails with [`crate::failure::Kind::User`] naming the file when it is missing, is no database, or cannot be opened.
pub async fn open(path: &Path, access: Access, busy: Duration) -> Result<SqliteConnection> {
    let url = Url::of_file(path);
    if files::is_folder(path) {
        return Err(Failure::user(format!("`{url}` is a folder")).hint("the URL must name a file"));
    }
    match access {
        Access::Create => {
            if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
                files::create_folder(folder)?;
            }
        }
        Access::Existing | Access::ReadOnly if !files::exists(path) => {
            return Err(Failure::user(format!("`{url}` is not there"))
                .hint("check the path, or leave `mode` out of the URL to have it made"));
        }
        Access::Existing | Access::ReadOnly => {}
    }
    let mut connection = options()
        .busy_timeout(busy)
        .filename(path)
        .create_if_missing(access == Access::Create)
        .read_only(access == Access::ReadOnly)
        .disable_statement_logging()
        .connect()
        .await
        .map_err(|error| trouble::connecting(&url, &error))?;
    // The first read of the file: it finds out whether this is a database at all.
    let pages: i64 = patiently(busy, async || {
        sqlx::query_scalar(include_str!("sql/sqlite/page_count.sql"))
            .fetch_one(&mut connection)
            .await
    })
    .await
    .map_err(|error| trouble::connecting(&url, &error))?;
    if pages == 0 && access == Access::Create {
        patiently(busy, async || {
            sqlx::raw_sql(include_str!("sql/sqlite/use_wal.sql"))
                .execute(&mut connection)
                .await
        })
        .await
        .map_err(|error| trouble::connecting(&url, &error))?;
    }
    Ok(connection)
}

/// A database of this process alone, gone with its connection.
pub(super) async fn open_memory() -> Result<SqliteConnection> {
    let options = options().in_memory(true).disable_statement_logging();
    let url = Url::of_memory();
    options
        .connect()
        .await
        .map_err(|error| trouble::connecting(&url, &error))
}

fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        // Rows come from SQLite's own thread: the more may wait, the less often the two threads wait for each other.
        .row_buffer_size(1024)
}

/// Repeats what SQLite refuses at once instead of waiting: the switch to WAL, and reads during it.
async fn patiently<T>(
    busy: Duration,
    mut attempt: impl AsyncFnMut() -> Result<T, sqlx::Error>,
) -> Result<T, sqlx::Error> {
    let watch = Stopwatch::start();
    loop {
        match attempt().await {
            Err(error) if trouble::is_busy(&error) && watch.elapsed() < busy => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            done => return done,
        }
    }
}

/// Opens a new file to copy a database into. It keeps no journal: until the copy is done the file is worth nothing.
pub async fn open_copy(path: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .disable_statement_logging();
    let opened = options.connect().await;
    opened.map_err(|error| trouble::connecting(&Url::of_file(path), &error))
}

/// Opens a file that nobody changes: nothing is written beside it, and nobody is asked for a lock.
pub async fn open_frozen(path: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(true)
        .disable_statement_logging();
    let opened = options.connect().await;
    opened.map_err(|error| trouble::connecting(&Url::of_file(path), &error))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests lay out files of their own")]
mod tests {
    use super::*;

    const BUSY: Duration = Duration::from_secs(10);

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(work)
    }

    async fn journal_mode(connection: &mut SqliteConnection) -> String {
        sqlx::query_scalar("PRAGMA journal_mode")
            .fetch_one(connection)
            .await
            .unwrap()
    }

    #[test]
    fn a_new_store_has_its_folder_wal_and_foreign_keys() {
        let folder = files::scratch_folder(&std::env::temp_dir()).unwrap();
        let path = folder.path().join("deep/er/store.db");
        block_on(async {
            let mut connection = open(&path, Access::Create, BUSY).await.unwrap();
            assert_eq!(journal_mode(&mut connection).await, "wal");
            let keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys")
                .fetch_one(&mut connection)
                .await
                .unwrap();
            let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
                .fetch_one(&mut connection)
                .await
                .unwrap();
            assert_eq!((keys, synchronous), (1, 2));
            open(&path, Access::ReadOnly, BUSY).await.unwrap();
        });
    }

    #[test]
    fn a_file_that_is_there_keeps_its_journal_mode() {
        let folder = files::scratch_folder(&std::env::temp_dir()).unwrap();
        let path = folder.path().join("theirs.db");
        block_on(async {
            let mut theirs = SqliteConnectOptions::new()
                .filename(&path)
                .create_if_missing(true)
                .connect()
                .await
                .unwrap();
            sqlx::raw_sql("PRAGMA user_version = 1")
                .execute(&mut theirs)
                .await
                .unwrap();
            let mut ours = open(&path, Access::Create, BUSY).await.unwrap();
            assert_eq!(journal_mode(&mut ours).await, "delete");
        });
    }

    #[test]
    fn what_is_no_database_is_said_to_be_none() {
        let folder = files::scratch_folder(&std::env::temp_dir()).unwrap();
        let path = folder.path().join("notes.txt");
        std::fs::write(
            &path,
            "these are notes and not a database, however one looks at them\n".repeat(20),
        )
        .unwrap();
        let failure = block_on(open(&path, Access::Create, BUSY)).unwrap_err();
        assert!(failure.message.contains("notes.txt"), "{failure}");
        assert!(
            failure.hints[0].contains("is not a SQLite database"),
            "{failure:?}"
        );
        let failure = block_on(open(folder.path(), Access::Create, BUSY)).unwrap_err();
        assert!(failure.message.ends_with("is a folder"), "{failure}");
        let missing = folder.path().join("missing.db");
        let failure = block_on(open(&missing, Access::ReadOnly, BUSY)).unwrap_err();
        assert!(failure.message.ends_with("is not there"), "{failure}");
        assert!(!missing.exists());
    }
}
