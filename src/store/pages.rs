//! Copying a SQLite database page by page through SQLite's online backup interface, into a file or over a live database.
//!
//! `VACUUM INTO` would need no raw handle, but it writes another database: rows of tables without an `INTEGER PRIMARY KEY` may get
//! other row ids, on which full-text indexes and other programs rely, and its time grows with the number of indexes. A copy of
//! pages is the same database, and it can be written over a live one as a single transaction: other connections see the old or
//! the new, and a copy that is killed is rolled back from the journal like any other transaction.
//!
//! The interface starts from the beginning when another process writes between two steps. Here it cannot: the source holds a read
//! transaction from before the first step to after the last, which pins one state of the database. In WAL mode writers go on
//! meanwhile; in the other modes they wait.

use std::ptr::NonNull;

use libsqlite3_sys as sqlite;
use sqlx::SqliteConnection;

use crate::failure::{Failure, Result};
use crate::io::clock::Stopwatch;

use super::trouble::Explain as _;
use super::url::Url;

/// Pages of one step: some megabytes, so that progress is seen and Ctrl-C heard.
const STEP: i32 = 512;
/// Time between two tries to get at a database that others are using.
const POLL: std::time::Duration = std::time::Duration::from_millis(20);

/// How long to wait for others, and who is told how far the copy is: pages done, and all of them.
pub struct Copying<'a> {
    pub patience: std::time::Duration,
    pub told: &'a mut dyn FnMut(u64, u64),
}

impl std::fmt::Debug for Copying<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Copying").field(&self.patience).finish()
    }
}

/// Makes `to` the same database as `from`, in one transaction. `url` names the database in failures.
pub async fn copy_pages(
    from: &mut SqliteConnection,
    to: &mut SqliteConnection,
    url: &Url,
    copying: Copying<'_>,
) -> Result<()> {
    let what = "could not be copied";
    sqlx::raw_sql(include_str!("sql/sqlite/hold_snapshot.sql"))
        .execute(&mut *from)
        .await
        .explain(url, what)?;
    let copied = steps(from, to, url, copying).await;
    let released = sqlx::raw_sql(include_str!("sql/sqlite/release_snapshot.sql"))
        .execute(from)
        .await
        .explain(url, what);
    copied?;
    released.map(drop)
}

async fn steps(
    from: &mut SqliteConnection,
    to: &mut SqliteConnection,
    url: &Url,
    copying: Copying<'_>,
) -> Result<()> {
    let what = "could not be copied";
    // While these are held, no other thread touches the two connections.
    let mut from = from.lock_handle().await.explain(url, what)?;
    let mut to = to.lock_handle().await.explain(url, what)?;
    let backup = Backup::begin(to.as_raw_handle(), from.as_raw_handle())
        .ok_or_else(|| Failure::user(format!("`{url}` {what}")).caused_by("SQLite does not begin"))?;
    let mut waiting: Option<Stopwatch> = None;
    loop {
        let (code, done, all) = backup.step();
        match code {
            sqlite::SQLITE_DONE => {
                (copying.told)(all, all);
                return Ok(());
            }
            sqlite::SQLITE_OK => {
                waiting = None;
                (copying.told)(done, all);
                // Lets Ctrl-C have its turn.
                tokio::task::yield_now().await;
            }
            sqlite::SQLITE_BUSY | sqlite::SQLITE_LOCKED
                if waiting.get_or_insert_with(Stopwatch::start).elapsed() < copying.patience =>
            {
                tokio::time::sleep(POLL).await;
            }
            code => return Err(failure(url, code)),
        }
    }
}

fn failure(url: &Url, code: i32) -> Failure {
    let failure = Failure::user(format!("`{url}` could not be copied"));
    match code & 0xff {
        sqlite::SQLITE_BUSY | sqlite::SQLITE_LOCKED => failure
            .caused_by("other programs are using it")
            .hint("end them, or wait until they are done: a copy needs the database for itself for a moment"),
        sqlite::SQLITE_FULL => failure.caused_by("the disk is full"),
        sqlite::SQLITE_READONLY => failure.caused_by("it may only be read"),
        sqlite::SQLITE_CORRUPT | sqlite::SQLITE_NOTADB => failure.caused_by("the file is damaged"),
        code => failure.caused_by(format!("SQLite answers with code {code}")),
    }
}

/// A copy under way; rolled back when it is dropped before its end.
struct Backup(NonNull<sqlite::sqlite3_backup>);

#[expect(
    unsafe_code,
    reason = "sqlx does not wrap this interface; the handles it lends are locked as long as the value lives in `steps`"
)]
impl Backup {
    fn begin(to: NonNull<sqlite::sqlite3>, from: NonNull<sqlite::sqlite3>) -> Option<Self> {
        // SAFETY: both handles are open and locked by the caller, and the names are those of C strings that live for ever.
        let begun = unsafe {
            sqlite::sqlite3_backup_init(to.as_ptr(), c"main".as_ptr(), from.as_ptr(), c"main".as_ptr())
        };
        NonNull::new(begun).map(Self)
    }

    /// Copies some pages. The result code, the pages that are done, all pages.
    fn step(&self) -> (i32, u64, u64) {
        // SAFETY: the value owns a copy that was begun and is not finished, on handles that no other thread uses meanwhile.
        let (code, left, all) = unsafe {
            (
                sqlite::sqlite3_backup_step(self.0.as_ptr(), STEP),
                sqlite::sqlite3_backup_remaining(self.0.as_ptr()),
                sqlite::sqlite3_backup_pagecount(self.0.as_ptr()),
            )
        };
        let pages = |count: i32| u64::try_from(count).unwrap_or_default();
        (code, pages(all.saturating_sub(left)), pages(all))
    }
}

#[expect(unsafe_code, reason = "see `Backup`")]
impl Drop for Backup {
    fn drop(&mut self) {
        // SAFETY: it is finished once, here, before the locks on its two connections are given back.
        unsafe { sqlite::sqlite3_backup_finish(self.0.as_ptr()) };
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests lay out files of their own")]
mod tests {
    use super::*;
    use crate::io::files;
    use sqlx::ConnectOptions as _;
    use sqlx::sqlite::SqliteConnectOptions;

    const ROWS: &str =
        "WITH sorted AS (SELECT * FROM t ORDER BY id) SELECT group_concat(id || hex(body)) FROM sorted";

    async fn open(path: &std::path::Path) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        options.connect().await.unwrap()
    }

    async fn rows(connection: &mut SqliteConnection) -> String {
        sqlx::query_scalar(ROWS).fetch_one(connection).await.unwrap()
    }

    /// `VACUUM INTO` is the safe twin: another way to the same rows.
    #[test]
    fn a_copy_has_the_rows_that_vacuum_into_has_and_may_go_over_a_live_database() {
        let folder = files::scratch_folder(&std::env::temp_dir()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(async {
            let mut from = open(&folder.path().join("a.db")).await;
            let fill = "PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
                INSERT INTO t SELECT i, randomblob(700) FROM n";
            sqlx::raw_sql(fill).execute(&mut from).await.unwrap();
            let twin = folder.path().join("twin.db");
            let vacuum = format!("VACUUM INTO '{}'", twin.display());
            sqlx::raw_sql(sqlx::AssertSqlSafe(vacuum))
                .execute(&mut from)
                .await
                .unwrap();
            let mut to = open(&folder.path().join("b.db")).await;
            let live = "PRAGMA journal_mode = WAL; CREATE TABLE other (a); INSERT INTO other VALUES (1)";
            sqlx::raw_sql(live).execute(&mut to).await.unwrap();
            let mut steps = Vec::new();
            let copying = Copying {
                patience: std::time::Duration::from_secs(1),
                told: &mut |done, all| steps.push((done, all)),
            };
            copy_pages(&mut from, &mut to, &Url::of_file("a.db"), copying)
                .await
                .unwrap();
            assert!(steps.len() > 1 && steps.is_sorted(), "{steps:?}");
            let expected = rows(&mut open(&twin).await).await;
            assert_eq!(rows(&mut to).await, expected);
            assert!(
                sqlx::raw_sql("VALUES ((SELECT a FROM other))")
                    .execute(&mut to)
                    .await
                    .is_err()
            );
        });
    }
}
