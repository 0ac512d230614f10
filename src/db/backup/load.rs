//! PostgreSQL: an archive into a database, as one transaction of ours.
//!
//! `pg_restore` turns the archive into statements and rows; we send them. So what was there before is dropped, what comes is loaded,
//! and the result is compared with the manifest, before anybody else sees any of it.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor as _};

use futures_util::TryStreamExt as _;

use crate::db::catalog::{self, Catalog};
use crate::document::sql::{Dialect, Script};
use crate::failure::{Failure, Result};
use crate::store::{Explain as _, Url, message_of, remedy, sqlstate};

use super::archive::{Archive, Item};
use super::counts;
use super::dump::server_version;
use super::restore::{Request, Restored, compare};
use super::take::{Beat, Told};
use super::tools::Tool;

const LOADING: &str = "could not be restored";

/// What to load.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load<'a> {
    pub request: Request<'a>,
    pub tool: &'a Tool,
    /// The catalog of the backup.
    pub before: &'a Catalog,
    /// Whether there is something to drop first.
    pub clear: bool,
}

/// Loads the archive and commits, or rolls back and says why.
pub(super) async fn load(connection: &mut PgConnection, load: Load<'_>, told: Told<'_>) -> Result<Restored> {
    let url = load.request.url;
    let done = within(connection, load, told).await;
    let end = match &done {
        Ok(restored) if restored.differences.is_empty() || load.request.allow_differences => {
            include_str!("../sql/postgres/commit.sql")
        }
        _ => include_str!("../sql/postgres/rollback.sql"),
    };
    let ended = sqlx::raw_sql(end).execute(&mut *connection).await;
    let _ = sqlx::raw_sql(include_str!("sql/postgres/end_restore.sql"))
        .execute(&mut *connection)
        .await;
    let restored = done?;
    if !restored.differences.is_empty() && !load.request.allow_differences {
        return Err(not_alike(load.request, &restored));
    }
    ended.explain(url, LOADING)?;
    told(Beat::Stage("analyzing", None));
    // Without statistics the first queries would be slow; they are not part of the backup, and the server makes them by itself later.
    let _ = sqlx::raw_sql(include_str!("sql/postgres/analyze.sql"))
        .execute(connection)
        .await;
    Ok(restored)
}

fn not_alike(request: Request<'_>, restored: &Restored) -> Failure {
    let failure = Failure::user(format!(
        "what comes out of `{}` is not what its manifest says: `{}` is as it was",
        request.backup.manifest.id, request.url
    ));
    let lines = restored.differences.iter().take(10);
    lines
        .fold(failure, |failure, line| failure.caused_by(line.clone()))
        .hint("to keep the result all the same, add `--allow-differences`")
}

async fn within(connection: &mut PgConnection, load: Load<'_>, told: Told<'_>) -> Result<Restored> {
    let Load { request, before, .. } = load;
    let (url, manifest) = (request.url, &request.backup.manifest);
    let (major, _) = server_version(connection, url).await?;
    let begin = include_str!("sql/postgres/begin_restore.sql")
        .replace("4000", &request.lock_timeout.as_millis().to_string());
    // The server is to notice within a second when we are gone.
    for script in [
        include_str!("../sql/postgres/restore_session.sql"),
        begin.as_str(),
    ] {
        let sent = sqlx::raw_sql(AssertSqlSafe(script))
            .execute(&mut *connection)
            .await;
        sent.explain(url, LOADING)?;
    }
    if load.clear {
        told(Beat::Stage("clearing", None));
        clear(connection, url).await?;
    }
    let path = request.backup.path(manifest.copy());
    let archive = Archive {
        path: &path,
        tool: load.tool,
        no_owner: request.no_owner,
    };
    told(Beat::Stage("restoring", Some(manifest.rows())));
    script(connection, url, &archive.statements("pre-data").await?, major).await?;
    if !before.objects().any(|(name, _)| name == "schema public") {
        let dropped = sqlx::raw_sql(include_str!("sql/postgres/drop_public.sql"))
            .execute(&mut *connection)
            .await;
        dropped.explain(url, LOADING)?;
    }
    rows(connection, url, archive, major, told).await?;
    told(Beat::Stage("indexing", None));
    script(connection, url, &archive.statements("post-data").await?, major).await?;
    told(Beat::Stage("comparing", None));
    let tables = counts::of_postgres(connection, url).await?;
    let catalog = catalog::read_in_transaction(connection, url).await?;
    let is_same_version = manifest.database.major() == Some(major);
    Ok(compare(request, before, &catalog, &tables, is_same_version))
}

/// Drops what is there.
async fn clear(connection: &mut PgConnection, url: &Url) -> Result<()> {
    let subscriptions: i64 = sqlx::query_scalar(include_str!("sql/postgres/subscriptions.sql"))
        .fetch_one(&mut *connection)
        .await
        .explain(url, LOADING)?;
    if subscriptions > 0 {
        return Err(Failure::user(format!(
            "`{url}` has subscriptions, which no transaction can drop"
        ))
        .hint("drop them first: `DROP SUBSCRIPTION`"));
    }
    let cleared = sqlx::raw_sql(include_str!("sql/postgres/clear.sql"))
        .execute(&mut *connection)
        .await;
    cleared.map(drop).map_err(|error| {
        let failure = Failure::user(format!("`{url}` could not be emptied: it is as it was"))
            .caused_by(message_of(&error));
        match sqlstate(&error) {
            Some("55P03" | "40P01") => failure.hint(
                "other sessions use its tables: end them (see `pg_stat_activity`), or raise `table_lock_timeout_ms` under `[database]`",
            ),
            _ => with_remedy(failure, &error),
        }
    })
}

fn with_remedy(failure: Failure, error: &sqlx::Error) -> Failure {
    match sqlstate(error) {
        Some("53200") => failure.hint("raise `max_locks_per_transaction` of the server: everything is restored in one transaction"),
        Some("42704") => failure.hint(
            "if it is a role that this server does not have, make it, or leave out owners and grants with `--no-owner`",
        ),
        Some("0A000" | "58P01" | "22023") => failure.hint("if it is an extension, install it on this server first"),
        Some("42501") => failure.hint("use the role that owned the objects or a superuser, or leave out owners and grants with `--no-owner`"),
        _ => match remedy(error) {
            Some(remedy) => failure.hint(remedy),
            None => failure,
        },
    }
}

/// Whether a server of this version knows no such setting, which newer programs write into every script.
fn is_unknown_setting(statement: &str, major: u32) -> bool {
    major < 17 && statement.trim_start().starts_with("SET transaction_timeout =")
}

/// Sends a script at once; the answers tell which statement failed.
async fn script(connection: &mut PgConnection, url: &Url, text: &str, major: u32) -> Result<()> {
    let text: String = text
        .split_inclusive('\n')
        .filter(|line| !is_unknown_setting(line, major))
        .collect();
    let mut done = 0;
    let mut answers = (&mut *connection).fetch_many(sqlx::raw_sql(AssertSqlSafe(text.as_str())));
    loop {
        match answers.try_next().await {
            Ok(None) => return Ok(()),
            Ok(Some(answer)) => done += usize::from(answer.is_left()),
            Err(error) => {
                let script = Script::read(&text, Dialect::Postgres);
                let statement = script.statements.get(done);
                return Err(failed(url, statement.map(|one| script.text_of(one)), &error));
            }
        }
    }
}

fn failed(url: &Url, statement: Option<&str>, error: &sqlx::Error) -> Failure {
    let mut failure =
        Failure::user(format!("`{url}` could not be restored: it is as it was")).caused_by(message_of(error));
    if let Some(statement) = statement {
        let line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = line.chars().take(120).collect();
        failure = failure.caused_by(format!("in `{short}`"));
    }
    with_remedy(failure, error)
}

/// Sends the data.
async fn rows(
    connection: &mut PgConnection,
    url: &Url,
    archive: Archive<'_>,
    major: u32,
    told: Told<'_>,
) -> Result<()> {
    let mut data = archive.data()?;
    let (mut batch, mut done) = (Vec::new(), 0);
    while let Some(item) = data.next().await? {
        let statement = match item {
            Item::Statement(statement) if is_unknown_setting(&statement, major) => continue,
            Item::Statement(statement) => {
                let sent = sqlx::raw_sql(AssertSqlSafe(statement.as_str()))
                    .execute(&mut *connection)
                    .await;
                sent.map_err(|error| failed(url, Some(&statement), &error))?;
                continue;
            }
            Item::Copy { statement, .. } => statement,
        };
        let fail = |error: sqlx::Error| failed(url, Some(&statement), &error);
        let mut copy = connection.copy_in_raw(&statement).await.map_err(fail)?;
        loop {
            batch.clear();
            let (count, is_end) = match data.rows(&mut batch).await {
                Ok(read) => read,
                Err(failure) => {
                    let _ = copy.abort("the archive is broken").await;
                    return Err(failure);
                }
            };
            if !batch.is_empty() {
                copy.send(batch.as_slice()).await.map_err(fail)?;
            }
            done += count;
            told(Beat::Done(done));
            if is_end {
                break;
            }
        }
        copy.finish().await.map_err(fail)?;
    }
    data.close().await
}
