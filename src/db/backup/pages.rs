//! SQLite: from the database to a copy of its pages, and from the copy over a database.

use std::path::Path;

use sqlx::SqliteConnection;

use crate::failure::{Failure, Result};
use crate::io::{folders, hashed};
use crate::store::{Copying, Explain as _, Url, copy_pages, open_copy};

/// Copies the database into a new file, which keeps no journal and needs no file beside it. The journal mode of the original.
pub async fn copy_out(
    database: &mut SqliteConnection,
    url: &Url,
    path: &Path,
    copying: Copying<'_>,
) -> Result<String> {
    let what = "could not be copied";
    let mode = text(database, include_str!("sql/sqlite/journal_mode.sql"), url).await?;
    folders::write_private(path, b"")?;
    let mut copy = open_copy(path).await?;
    copy_pages(database, &mut copy, url, copying).await?;
    sqlx::Connection::close(copy).await.explain(url, what)?;
    // The mark of WAL mode came with the pages. Whoever opens the copy is not to need a second file.
    let mut copy = open_copy(path).await?;
    let left = text(&mut copy, include_str!("sql/sqlite/leave_wal.sql"), url).await?;
    sqlx::Connection::close(copy).await.explain(url, what)?;
    if left != "delete" {
        return Err(Failure::internal(format!(
            "the copy stays in the journal mode `{left}`"
        )));
    }
    hashed::sync(path)?;
    Ok(mode)
}

/// What SQLite finds wrong with a database, nothing where it is whole.
pub async fn faults(database: &mut SqliteConnection, url: &Url) -> Result<Vec<String>> {
    let told: Vec<String> = sqlx::query_scalar(include_str!("sql/sqlite/integrity.sql"))
        .fetch_all(database)
        .await
        .explain(url, "could not be checked")?;
    Ok(told.into_iter().filter(|line| line != "ok").collect())
}

/// Makes the database the same as the copy, as one transaction: whoever has it open sees the old or the new, and a process that is
/// killed leaves the old.
///
/// A file renamed in place of the old one would do neither: others would go on writing into the file that has lost its name, and
/// might find the journal of one beside the other.
pub async fn copy_in(
    copy: &mut SqliteConnection,
    database: &mut SqliteConnection,
    url: &Url,
    mode: Option<&str>,
    copying: Copying<'_>,
) -> Result<()> {
    let what = "could not be restored";
    sqlx::raw_sql(include_str!("sql/sqlite/ask_at_once.sql"))
        .execute(&mut *database)
        .await
        .explain(url, what)?;
    let was = text(database, include_str!("sql/sqlite/journal_mode.sql"), url).await?;
    let size = include_str!("sql/sqlite/page_size.sql");
    let is_other_size = number(copy, size, url).await? != number(database, size, url).await?;
    // In WAL mode the size of pages cannot change.
    if was == "wal" && is_other_size {
        let left = text(database, include_str!("sql/sqlite/leave_wal.sql"), url).await;
        if left.as_deref().ok() != Some("delete") {
            return Err(in_use(url));
        }
    }
    copy_pages(copy, database, url, copying).await?;
    let wanted = mode.unwrap_or(&was);
    let entered = match wanted {
        "wal" => text(database, include_str!("sql/sqlite/enter_wal.sql"), url).await,
        _ if was == "wal" => text(database, include_str!("sql/sqlite/leave_wal.sql"), url).await,
        _ => Ok(was.clone()),
    };
    // The rows are there; that others keep the database from changing its mode is no reason to say otherwise.
    drop(entered);
    let _ = sqlx::raw_sql(include_str!("sql/sqlite/checkpoint.sql"))
        .execute(database)
        .await;
    Ok(())
}

fn in_use(url: &Url) -> Failure {
    Failure::user(format!("`{url}` is in use by another program"))
        .caused_by("the backup has pages of another size, which a database in WAL mode takes only from its only user")
        .hint("end the other program and try again")
}

async fn text(database: &mut SqliteConnection, query: &'static str, url: &Url) -> Result<String> {
    sqlx::query_scalar(query)
        .fetch_one(database)
        .await
        .explain(url, "could not be asked for its settings")
}

async fn number(database: &mut SqliteConnection, query: &'static str, url: &Url) -> Result<i64> {
    sqlx::query_scalar(query)
        .fetch_one(database)
        .await
        .explain(url, "could not be asked for its settings")
}

/// Version of the library that reads and writes the pages.
pub async fn version(database: &mut SqliteConnection, url: &Url) -> Result<String> {
    text(database, include_str!("sql/sqlite/library_version.sql"), url).await
}
