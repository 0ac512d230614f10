//! `db backup`: the copy, what is known of it, its place on the shelf, and which older ones leave.

use std::time::Duration;

use crate::db::catalog::{self, Catalog};
use crate::db::log;
use crate::db::record::{Actor, Entry};
use crate::failure::{Failure, Result};
use crate::io::clock::{self, Stopwatch};
use crate::io::{folders, hashed, host};
use crate::store::{Copying, Database, Holder, Url, open_frozen};

use super::keep::Keep;
use super::manifest::{ARCHIVE, CATALOG, CatalogDigest, File, Manifest, Origin, PAGES, id};
use super::shelf::{Backup, Draft, Shelf, strangers};
use super::tools::Search;
use super::{counts, dump, pages};

/// What is told while work on a backup goes on.
#[derive(Debug, Clone, Copy)]
pub enum Beat<'a> {
    /// Something begins that has so many steps, where that is known.
    Stage(&'static str, Option<u64>),
    /// So many are done.
    Done(u64),
    /// Another run has the lock.
    Waiting(Option<&'a Holder>),
}

pub type Told<'a> = &'a mut dyn FnMut(Beat<'_>);

/// What is to be backed up, and where to.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub url: &'a Url,
    pub shelf: &'a Shelf,
    pub keep: Option<Keep>,
    pub search: &'a Search,
    /// How long to wait for the lock of a table.
    pub lock_timeout: Duration,
    pub actor: &'a Actor,
}

/// What was done.
#[derive(Debug)]
pub struct Taken {
    pub backup: Backup,
    /// Names of the older ones that were removed.
    pub removed: Vec<String>,
    pub warnings: Vec<String>,
}

/// What a copy is found to hold.
struct Copied {
    file: File,
    tool: String,
    origin: Origin,
    catalog: Catalog,
    tables: counts::Counts,
    migrations: Vec<i64>,
}

/// How long a copy of pages waits for others.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Makes a backup.
pub async fn take(request: Request<'_>, told: Told<'_>) -> Result<Taken> {
    let watch = Stopwatch::start();
    let url = request.url;
    let now = u64::try_from(clock::now().as_millis()).unwrap_or(u64::MAX);
    let taken_at = (clock::timestamp(), now);
    let nothing = || {
        Failure::user(format!("there is nothing to back up: `{url}` is not there"))
            .hint("check the path, or make the database with `packwright db migrate`")
    };
    let mut database = Database::look(url).await?.ok_or_else(nothing)?;
    if matches!(database, Database::Sqlite(_)) && url.file().is_none() {
        return Err(Failure::user(format!(
            "`{url}` is gone with its process: there is nothing to back up"
        )));
    }
    let name = id(&url.name(), &taken_at.0);
    let draft = request.shelf.draft(&name, host::process_id())?;
    let copied = copy(&mut database, request, &draft, told).await?;
    let mut manifest = Manifest::new(name, copied.tool, taken_at, copied.origin);
    manifest.files = vec![copied.file, write_catalog(&draft, &copied.catalog)?];
    manifest.catalog = digest_of(&copied.catalog);
    manifest.tables = copied.tables;
    manifest.migrations = copied.migrations;
    manifest.milliseconds = u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX);
    let backup = draft.publish(manifest)?;
    let mut taken = Taken {
        backup,
        removed: Vec::new(),
        warnings: Vec::new(),
    };
    retain(request, &mut taken);
    let manifest = &taken.backup.manifest;
    // A role that may only read, and a database that was never migrated, have no log to write to.
    let entry = Entry {
        version: manifest.migrations.last().copied().unwrap_or_default(),
        description: &manifest.id,
        outcome: "done",
        took: watch.elapsed(),
        ..Entry::default()
    };
    let _ = log::add(&mut database, url, request.actor, "backup", entry).await;
    let _ = database.close(url).await;
    Ok(taken)
}

async fn copy(
    database: &mut Database,
    request: Request<'_>,
    draft: &Draft,
    told: Told<'_>,
) -> Result<Copied> {
    let url = request.url;
    let mut origin = request.shelf.origin_of(url);
    let Database::Sqlite(connection) = &mut *database else {
        return archive(database, request, draft, told).await;
    };
    let path = draft.path(PAGES);
    origin.server_version = pages::version(connection, url).await?;
    told(Beat::Stage("copying", None));
    let mut all = None;
    let copying = Copying {
        patience: PATIENCE,
        told: &mut |done, pages| {
            if all.replace(pages) != Some(pages) {
                told(Beat::Stage("copying", Some(pages)));
            }
            told(Beat::Done(done));
        },
    };
    origin.journal_mode = Some(pages::copy_out(connection, url, &path, copying).await?);
    told(Beat::Stage("checking", None));
    let mut copy = open_frozen(&path).await?;
    let faults = pages::faults(&mut copy, url).await?;
    if !faults.is_empty() {
        let failure = Failure::user(format!("`{url}` is damaged: nothing was backed up"));
        return Err(faults
            .into_iter()
            .take(5)
            .fold(failure, Failure::caused_by)
            .hint("earlier backups are as they were: restore the newest good one, see `packwright db verify-backup --all`"));
    }
    let tables = counts::of_sqlite(&mut copy, url).await?;
    let mut copy = Database::Sqlite(Box::new(copy));
    let catalog = catalog::read(&mut copy, url).await?;
    let migrations = dump::applied(&mut copy, url).await?;
    copy.close(url).await?;
    let (bytes, sha256) = hashed::of_file(&path, &mut |_| {})?;
    Ok(Copied {
        file: File {
            name: PAGES.to_owned(),
            bytes,
            sha256,
        },
        tool: format!("SQLite {}", origin.server_version),
        origin,
        catalog,
        tables,
        migrations,
    })
}

async fn archive(
    database: &mut Database,
    request: Request<'_>,
    draft: &Draft,
    told: Told<'_>,
) -> Result<Copied> {
    let url = request.url;
    let mut origin = request.shelf.origin_of(url);
    let Database::Postgres(connection) = &mut *database else {
        return Err(Failure::internal("an archive is of PostgreSQL"));
    };
    let (major, version) = dump::server_version(connection, url).await?;
    origin.server_version = version;
    let tool = request
        .search
        .find("pg_dump", major, &format!("the server of `{url}` is PostgreSQL"))?;
    told(Beat::Stage("dumping", None));
    let dumped = dump::dump(
        database,
        url,
        &tool,
        request.lock_timeout.as_millis(),
        &draft.path(ARCHIVE),
        &mut |bytes| told(Beat::Done(bytes)),
    )
    .await?;
    Ok(Copied {
        file: File {
            name: ARCHIVE.to_owned(),
            bytes: dumped.bytes,
            sha256: dumped.sha256,
        },
        tool: format!("pg_dump {}", tool.version),
        origin,
        catalog: dumped.catalog,
        tables: dumped.tables,
        migrations: dumped.migrations,
    })
}

fn write_catalog(draft: &Draft, catalog: &Catalog) -> Result<File> {
    let mut text = serde_json::to_vec_pretty(catalog)
        .map_err(|error| Failure::internal("cannot write the catalog").because(&error))?;
    text.push(b'\n');
    folders::write_private(&draft.path(CATALOG), &text)?;
    Ok(File {
        name: CATALOG.to_owned(),
        bytes: text.len() as u64,
        sha256: hashed::of_bytes(&text),
    })
}

/// The digest of a catalog, which does not depend on how it is written down.
pub(super) fn digest_of(catalog: &Catalog) -> CatalogDigest {
    CatalogDigest {
        objects: catalog.len(),
        sha256: hashed::of_bytes(catalog.to_string().as_bytes()),
    }
}

/// Removes the older backups of this database whose time is over. The one that was just made stays, whatever the clock said before.
fn retain(request: Request<'_>, taken: &mut Taken) {
    let Some(keep) = request.keep else {
        return;
    };
    let new = &taken.backup.manifest;
    let mut others = request.shelf.of(&new.database);
    others.retain(|backup| backup.manifest.id != new.id);
    for (older, backup) in others.iter().enumerate() {
        let manifest = &backup.manifest;
        let seconds = |milliseconds: u64| milliseconds / 1_000;
        let (then, now) = (seconds(manifest.taken_at_unix_ms), seconds(new.taken_at_unix_ms));
        if !keep.is_over(older + 1, then, now) {
            continue;
        }
        let strange = strangers(backup);
        if let Some(first) = strange.first() {
            taken.warnings.push(format!(
                "`{}` is kept: `{first}` in it is no file of the backup",
                manifest.id
            ));
            continue;
        }
        match request.shelf.remove(backup) {
            Ok(()) => taken.removed.push(manifest.id.clone()),
            Err(failure) => taken
                .warnings
                .push(format!("`{}` could not be removed: {failure}", manifest.id)),
        }
    }
}
