//! `db restore`: a backup into the configured database, or for trial into a scratch database.
//!
//! Either way the database is what the backup says when it is done, or what it was before. SQLite: the pages are written over the
//! live file as one transaction. PostgreSQL: what is there is dropped and the archive loaded within one transaction, in which the
//! result is compared with the manifest before it is committed. Loading into a second database and swapping names would need the
//! right to make databases and to throw out everybody who is connected, and would lose what is set on the database itself.

use std::path::PathBuf;
use std::time::Duration;

use crate::db::catalog::{self, Catalog, Difference};
use crate::db::log;
use crate::db::record::{Actor, Entry};
use crate::failure::{Failure, Result};
use crate::io::clock::{self, Stopwatch};
use crate::io::{files, folders};
use crate::store::{Copying, Database, RunLock, Scratch, Url, open_frozen};
use crate::text::slashed;

use super::load::{Load, load};
use super::shelf::Backup;
use super::take::{Beat, PATIENCE, Told};
use super::tools::Search;
use super::verify::{self, Checked, Depth};
use super::{counts, pages};

/// What is to be restored, and how.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub url: &'a Url,
    pub backup: &'a Backup,
    pub search: &'a Search,
    /// How long to wait for another run.
    pub patience: Duration,
    /// How long to wait for the lock of a table.
    pub lock_timeout: Duration,
    /// Leave out owners and grants.
    pub no_owner: bool,
    /// Keep the result even where it is not what the manifest says.
    pub allow_differences: bool,
    pub actor: &'a Actor,
}

/// What is in the database before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// Nothing, or not even the file.
    Empty,
    /// These objects, tables first.
    Objects(Vec<String>),
    /// A file that SQLite cannot read, and what it says of it.
    Damaged(String),
}

/// What came of it.
#[derive(Debug)]
pub struct Restored {
    /// What is not as the manifest says.
    pub differences: Vec<String>,
    /// What is not alike and need not be, for example the version of an extension.
    pub remarks: Vec<String>,
    /// Where a damaged file was put.
    pub aside: Option<PathBuf>,
    pub took: Duration,
}

/// Looks what is in the database.
pub async fn look(url: &Url) -> Result<Contents> {
    if let Some(file) = url.file()
        && files::exists(file)
        && files::size(file)? > 0
        && !files::head(file, 16)?.starts_with(b"SQLite format 3\0")
    {
        return Ok(Contents::Damaged(
            "it does not begin like a SQLite database".to_owned(),
        ));
    }
    let Some(mut database) = Database::look(url).await? else {
        return Ok(Contents::Empty);
    };
    let read = catalog::read(&mut database, url).await;
    let _ = database.close(url).await;
    let catalog = match read {
        Err(failure) if url.file().is_some() => return Ok(Contents::Damaged(failure.causes.join(": "))),
        read => read?,
    };
    let names = |catalog: &Catalog| -> Vec<String> {
        let names = catalog.objects().map(|(name, _)| name.to_owned());
        names.filter(|name| !is_always_there(name)).collect()
    };
    let mut objects = names(&catalog);
    let theirs = names(&catalog.without_own());
    objects.sort_by_key(|name| (theirs.binary_search(name).is_err(), !name.starts_with("table ")));
    Ok(if objects.is_empty() {
        Contents::Empty
    } else {
        Contents::Objects(objects)
    })
}

fn is_always_there(object: &str) -> bool {
    matches!(object, "database" | "schema public" | "extension plpgsql")
}

/// Checks the backup before anything is touched.
pub async fn check(request: Request<'_>, told: Told<'_>) -> Result<Checked> {
    let manifest = &request.backup.manifest;
    let engine = request.url.engine().name();
    if manifest.database.engine != engine {
        return Err(Failure::user(format!(
            "`{}` is a backup of {}, and `{}` is {engine}",
            manifest.id, manifest.database.engine, request.url
        ))
        .hint("rows go from one engine to the other with `packwright db copy`, not with a backup"));
    }
    let mut checked = verify::check(&request.backup.folder, request.search, Depth::Whole, told).await?;
    if let Some(failure) = checked.unread.take() {
        return Err(failure);
    }
    if checked.findings.is_empty() {
        return Ok(checked);
    }
    let failure = Failure::user(format!("`{}` is not whole: nothing was restored", manifest.id));
    let lines = checked.findings.iter().take(10);
    Err(lines
        .fold(failure, |failure, finding| {
            failure.caused_by(format!("{}: {}", finding.file, finding.message))
        })
        .hint("see `packwright db verify-backup --all` for one that is"))
}

/// Restores into the configured database. `contents` is what [`look`] has found.
pub async fn restore(request: Request<'_>, contents: &Contents, told: Told<'_>) -> Result<Restored> {
    let checked = check(request, told).await?;
    let watch = Stopwatch::start();
    let url = request.url;
    let is_damaged = matches!(contents, Contents::Damaged(_));
    // A damaged file cannot be opened, and its lock is beside it.
    let opened = if is_damaged {
        &Url::parse("sqlite::memory:")?
    } else {
        url
    };
    let mut database = Database::open(opened).await?;
    let lock = RunLock::take(&mut database, url, request.patience, &mut |holder| {
        told(Beat::Waiting(holder));
    })
    .await?;
    let mut aside = None;
    let done = async {
        // What leave was given for may have changed while the lock was waited for.
        let now = look(url).await?;
        if std::mem::discriminant(&now) != std::mem::discriminant(contents) {
            return Err(
                Failure::user(format!("`{url}` was changed by someone else meanwhile"))
                    .hint("run the command again"),
            );
        }
        if is_damaged {
            aside = set_aside(url)?;
            database = Database::open(url).await?;
        }
        fill(request, &mut database, &checked, contents, told).await
    }
    .await;
    let mut restored = match done {
        Ok(restored) => {
            let entry = Entry {
                version: request
                    .backup
                    .manifest
                    .migrations
                    .last()
                    .copied()
                    .unwrap_or_default(),
                description: &request.backup.manifest.id,
                outcome: "done",
                took: watch.elapsed(),
                ..Entry::default()
            };
            let _ = log::add(&mut database, url, request.actor, "restore", entry).await;
            Ok(restored)
        }
        Err(failure) => Err(failure),
    };
    let released = lock.release(&mut database, url).await;
    if let Ok(restored) = &mut restored {
        released?;
        restored.aside = aside;
        restored.took = watch.elapsed();
    }
    let _ = database.close(url).await;
    restored
}

/// Restores into a scratch database, compares, and removes it again.
pub async fn drill(request: Request<'_>, beside: &Url, told: Told<'_>) -> Result<Restored> {
    let checked = check(request, told).await?;
    let watch = Stopwatch::start();
    let scratch = Scratch::beside(beside).await?;
    let request = Request {
        url: &scratch.url,
        allow_differences: true,
        ..request
    };
    let done = async {
        let mut database = scratch.open().await?;
        let restored = fill(request, &mut database, &checked, &Contents::Empty, told).await;
        let _ = database.close(request.url).await;
        restored
    }
    .await;
    let took = watch.elapsed();
    let removed = scratch.remove().await;
    let restored = done?;
    removed?;
    Ok(Restored { took, ..restored })
}

/// Puts the backup into the open database and compares.
async fn fill(
    request: Request<'_>,
    database: &mut Database,
    checked: &Checked,
    contents: &Contents,
    told: Told<'_>,
) -> Result<Restored> {
    let before = checked.catalog()?;
    let (catalog, tables) = match database {
        Database::Sqlite(_) => fill_pages(request, database, contents, told).await?,
        Database::Postgres(connection) => {
            let tool = verify::reader_of(&request.backup.manifest, request.search)?;
            let loaded = load(
                connection,
                Load {
                    request,
                    tool: &tool,
                    before: &before,
                    clear: !matches!(contents, Contents::Empty),
                },
                told,
            );
            return loaded.await;
        }
    };
    Ok(compare(request, &before, &catalog, &tables, true))
}

async fn fill_pages(
    request: Request<'_>,
    database: &mut Database,
    contents: &Contents,
    told: Told<'_>,
) -> Result<(Catalog, counts::Counts)> {
    let (url, manifest) = (request.url, &request.backup.manifest);
    let Database::Sqlite(connection) = &mut *database else {
        return Err(Failure::internal("pages are of SQLite"));
    };
    let mut copy = open_frozen(&request.backup.path(manifest.copy())).await?;
    let mut all = None;
    told(Beat::Stage("restoring", None));
    let copying = Copying {
        patience: PATIENCE,
        told: &mut |done, pages| {
            if all.replace(pages) != Some(pages) {
                told(Beat::Stage("restoring", Some(pages)));
            }
            told(Beat::Done(done));
        },
    };
    // A file that is there keeps its journal mode; a new one gets that of the original.
    let mode = match contents {
        Contents::Objects(_) => None,
        Contents::Empty | Contents::Damaged(_) => manifest.database.journal_mode.as_deref(),
    };
    pages::copy_in(&mut copy, connection, url, mode, copying).await?;
    told(Beat::Stage("comparing", None));
    let tables = counts::of_sqlite(connection, url).await?;
    Ok((catalog::read(database, url).await?, tables))
}

/// What is not alike. On a server of another version the same schema is told in other words, so there it is only remarked upon.
pub(super) fn compare(
    request: Request<'_>,
    before: &Catalog,
    after: &Catalog,
    tables: &counts::Counts,
    is_same_version: bool,
) -> Restored {
    let mut differences = counts::differences(&request.backup.manifest.tables, tables);
    let mut remarks = Vec::new();
    for difference in before.differences(after) {
        if request.no_owner && is_of_owners(&difference) {
            continue;
        }
        let is_harmless = !is_same_version || difference.object.starts_with("extension ");
        let is_postgres = request.backup.manifest.database.engine == "postgres";
        if is_harmless || is_postgres && is_retold(&difference) {
            remarks.push(difference.to_string());
        } else {
            differences.push(difference.to_string());
        }
    }
    Restored {
        differences,
        remarks,
        aside: None,
        took: Duration::ZERO,
    }
}

/// Whether a definition is there on both sides and only its text is another. PostgreSQL keeps expressions as trees and writes them
/// anew each time: `x IN ('a', 'b')` on a `varchar` comes back with its casts elsewhere. The archive is known to be whole by then.
fn is_retold(difference: &Difference) -> bool {
    let kinds = [
        "constraint ",
        "index ",
        "trigger ",
        "policy ",
        "rule ",
        "statistics ",
        "column ",
        "definition",
    ];
    difference.before.is_some()
        && difference.after.is_some()
        && !difference.is_column_order()
        && difference
            .part
            .as_deref()
            .is_some_and(|part| kinds.iter().any(|kind| part.starts_with(kind)))
}

fn is_of_owners(difference: &Difference) -> bool {
    difference.object.starts_with("default privileges of ")
        || difference
            .part
            .as_deref()
            .is_some_and(|part| part == "owner" || part.starts_with("grant "))
}

/// Moves a file that SQLite cannot read out of the way, with the journals that belong to it: they must not be found beside another.
fn set_aside(url: &Url) -> Result<Option<PathBuf>> {
    let Some(file) = url.file() else {
        return Ok(None);
    };
    let named = |end: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let end = format!(".damaged-{}", clock::compact_timestamp());
    for journal in ["-wal", "-shm", "-journal"] {
        if files::exists(&named(journal)) {
            folders::rename(&named(journal), &named(&format!("{end}{journal}")))?;
        }
    }
    let aside = named(&end);
    if files::exists(&aside) {
        return Err(Failure::user(format!("`{}` is in the way", slashed(&aside))).hint("move it elsewhere"));
    }
    folders::rename(file, &aside)?;
    Ok(Some(aside))
}
