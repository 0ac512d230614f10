//! `db verify-backup`: whether a backup is what its manifest says.

use std::path::{Path, PathBuf};

use crate::db::catalog::{self, Catalog};
use crate::failure::{Failure, Result};
use crate::io::{files, hashed};
use crate::store::{Database, Url, open_frozen};

use super::archive::Archive;
use super::counts;
use super::manifest::{CATALOG, MANIFEST, Manifest, SEAL, major};
use super::pages;
use super::shelf::{Backup, strangers};
use super::take::{Beat, Told, digest_of};
use super::tools::{Search, Tool};

/// Something that is not as the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Name in the folder of the backup.
    pub file: String,
    pub message: String,
}

/// How closely to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Files, digests, contents listed: what a restore wants to know before it begins.
    Whole,
    /// The rows counted as well.
    Counted,
}

/// What was found.
#[derive(Debug)]
pub struct Checked {
    pub folder: PathBuf,
    /// Where it could be read.
    pub manifest: Option<Manifest>,
    pub findings: Vec<Finding>,
    /// Why the archive could not be looked into.
    pub unread: Option<Failure>,
}

impl Checked {
    fn find(&mut self, file: &str, message: impl Into<String>) {
        self.findings.push(Finding {
            file: file.to_owned(),
            message: message.into(),
        });
    }

    /// The catalog that belongs to the backup.
    pub fn catalog(&self) -> Result<Catalog> {
        let bytes = files::read(&self.folder.join(CATALOG))?;
        serde_json::from_slice(&bytes)
            .map_err(|error| Failure::user(format!("`{CATALOG}` cannot be read")).because(&error))
    }
}

/// Checks the backup in a folder.
pub async fn check(folder: &Path, search: &Search, depth: Depth, told: Told<'_>) -> Result<Checked> {
    if !files::is_folder(folder) {
        Backup::read(folder)?;
    }
    let mut checked = Checked {
        folder: folder.to_path_buf(),
        manifest: None,
        findings: Vec::new(),
        unread: None,
    };
    if !check_manifest(&mut checked)? {
        return Ok(checked);
    }
    let Some(manifest) = checked.manifest.clone() else {
        return Ok(checked);
    };
    let backup = Backup {
        folder: folder.to_path_buf(),
        manifest,
    };
    told(Beat::Stage("hashing", Some(backup.manifest.bytes())));
    let are_whole = check_files(&mut checked, &backup, told)?;
    for name in strangers(&backup) {
        checked.find(&name, "does not belong to the backup");
    }
    if !are_whole {
        return Ok(checked);
    }
    check_catalog(&mut checked, &backup.manifest);
    match backup.manifest.database.engine.as_str() {
        "sqlite" => check_pages(&mut checked, &backup, depth, told).await?,
        _ => check_archive(&mut checked, &backup, search, depth, told).await?,
    }
    Ok(checked)
}

/// Reads the manifest; false when there is none to go by.
fn check_manifest(checked: &mut Checked) -> Result<bool> {
    let Some(bytes) = files::read_if_present(&checked.folder.join(MANIFEST))? else {
        checked.find(MANIFEST, "is missing");
        return Ok(false);
    };
    let seal = files::read_if_present(&checked.folder.join(SEAL))?;
    match seal.as_deref() {
        None => checked.find(SEAL, "is missing"),
        Some(seal) => {
            let digest = hashed::of_bytes(&bytes);
            if seal != format!("{digest}  {MANIFEST}\n").as_bytes() {
                checked.find(
                    MANIFEST,
                    format!("has SHA-256 {digest}, which is not what `{SEAL}` says"),
                );
            }
        }
    }
    match Manifest::parse(&bytes) {
        Ok(manifest) => checked.manifest = Some(manifest),
        Err(reason) => checked.find(MANIFEST, format!("cannot be read: {reason}")),
    }
    Ok(checked.manifest.is_some())
}

/// Sizes and digests; whether all are right.
fn check_files(checked: &mut Checked, backup: &Backup, told: Told<'_>) -> Result<bool> {
    let before = checked.findings.len();
    let mut done = 0;
    for file in &backup.manifest.files {
        let path = backup.path(&file.name);
        if !files::exists(&path) {
            checked.find(&file.name, "is missing");
            continue;
        }
        let size = files::size(&path)?;
        if size != file.bytes {
            checked.find(
                &file.name,
                format!("has {size} bytes, not the {} of the manifest", file.bytes),
            );
            continue;
        }
        let (_, sha256) = hashed::of_file(&path, &mut |bytes| {
            done += bytes;
            told(Beat::Done(done));
        })?;
        if sha256 != file.sha256 {
            checked.find(
                &file.name,
                format!("has SHA-256 {sha256}, not the {} of the manifest", file.sha256),
            );
        }
    }
    Ok(checked.findings.len() == before)
}

fn check_catalog(checked: &mut Checked, manifest: &Manifest) {
    match checked.catalog() {
        Err(failure) => checked.find(CATALOG, failure.to_string()),
        Ok(catalog) if digest_of(&catalog) != manifest.catalog => {
            checked.find(CATALOG, "is not the catalog whose digest the manifest has");
        }
        Ok(_) => {}
    }
}

async fn check_pages(checked: &mut Checked, backup: &Backup, depth: Depth, told: Told<'_>) -> Result<()> {
    let name = backup.manifest.copy();
    let path = backup.path(name);
    let url = Url::of_file(&path);
    told(Beat::Stage("checking", None));
    let mut copy = open_frozen(&path).await?;
    let faults = pages::faults(&mut copy, &url).await?;
    let is_sound = faults.is_empty();
    for fault in faults {
        checked.find(name, fault);
    }
    if depth == Depth::Counted && is_sound {
        let tables = counts::of_sqlite(&mut copy, &url).await?;
        for difference in counts::differences(&backup.manifest.tables, &tables) {
            checked.find(name, difference);
        }
        let mut copy = Database::Sqlite(Box::new(copy));
        let catalog = catalog::read(&mut copy, &url).await?;
        if digest_of(&catalog) != backup.manifest.catalog {
            checked.find(name, "has another schema than the manifest says");
        }
        copy.close(&url).await?;
    }
    Ok(())
}

async fn check_archive(
    checked: &mut Checked,
    backup: &Backup,
    search: &Search,
    depth: Depth,
    told: Told<'_>,
) -> Result<()> {
    let name = backup.manifest.copy();
    let tool = match reader_of(&backup.manifest, search) {
        Ok(tool) => tool,
        Err(failure) => {
            checked.unread = Some(failure);
            return Ok(());
        }
    };
    let path = backup.path(name);
    let archive = Archive {
        path: &path,
        tool: &tool,
        no_owner: false,
    };
    told(Beat::Stage("reading", None));
    if let Err(failure) = archive.list().await {
        checked.find(name, format!("cannot be listed: {failure}"));
        return Ok(());
    }
    if depth == Depth::Counted {
        told(Beat::Stage("counting", Some(backup.manifest.rows())));
        let mut done = 0;
        let counted = archive
            .count(&mut |rows| {
                done += rows;
                told(Beat::Done(done));
            })
            .await;
        match counted {
            Err(failure) => checked.find(name, format!("cannot be read: {failure}")),
            Ok(mut tables) => {
                // What an extension has in its tables is not in the manifest.
                tables.retain(|table, _| backup.manifest.tables.contains_key(table));
                for difference in counts::differences(&backup.manifest.tables, &tables) {
                    checked.find(name, difference);
                }
            }
        }
    }
    Ok(())
}

/// The `pg_restore` that can read the archive of a backup.
pub(super) fn reader_of(manifest: &Manifest, search: &Search) -> Result<Tool> {
    let made_by = major(&manifest.tool).unwrap_or_default();
    search.find(
        "pg_restore",
        made_by,
        &format!("the archive of `{}` was made by pg_dump", manifest.id),
    )
}
