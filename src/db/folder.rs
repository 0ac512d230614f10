//! From a folder on disk to [`Migrations`].

use std::path::Path;

use crate::failure::Result;
use crate::io::files::{self, EntryKind};
use crate::text::slashed;

use super::migrations::{Entry, Migrations};
use super::names::Layout;

/// Reads a folder of migrations, or `None` when it is not there.
pub fn read(folder: &Path) -> Result<Option<Migrations>> {
    let shown = slashed(folder);
    let shown = shown.trim_end_matches('/');
    let entries = entries(folder)?;
    Ok(entries.map(|entries| Migrations::read(shown, Layout::of_folder(shown), entries)))
}

/// What lies in the folder, or `None` when it is not there.
pub fn entries(folder: &Path) -> Result<Option<Vec<Entry>>> {
    if !files::exists(folder) {
        return Ok(None);
    }
    let tree = files::walk(folder)?;
    let mut entries = Vec::new();
    for entry in tree.entries {
        if entry.path.contains('/') {
            continue;
        }
        let path = folder.join(&entry.path);
        let is_folder = match entry.kind {
            EntryKind::Folder => true,
            EntryKind::Link { .. } => files::is_folder(&path),
            EntryKind::File { .. } | EntryKind::Other => false,
        };
        entries.push(if is_folder {
            Entry::Folder { name: entry.path }
        } else {
            Entry::File {
                bytes: if entry.path.to_ascii_lowercase().ends_with(".sql") {
                    files::read(&path)?
                } else {
                    Vec::new()
                },
                name: entry.path,
            }
        });
    }
    Ok(Some(entries))
}
