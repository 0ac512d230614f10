//! `marketplace build`: the manifests that clients read, written from `packwright.toml`.

use std::path::Path;

use crate::changes::ChangeSet;
use crate::config::Settings;
use crate::failure::Result;
use crate::io::files;

use super::packs::{self, Origin};

/// What has to change on disk for the manifests to say what the settings say; empty when they do.
pub fn plan(root: &Path, settings: &Settings) -> Result<ChangeSet> {
    packs::check(settings)?;
    let origin = Origin::on_disk(root)?;
    let packs = packs::read(&origin, settings, &[])?;
    let mut set = ChangeSet::new(root);
    for (path, bytes) in packs::manifests(settings, &packs)? {
        match files::read_if_present(&root.join(&path))? {
            None => set.create(path, bytes),
            Some(before) if before != bytes => set.edit(path, before, bytes),
            Some(_) => {}
        }
    }
    Ok(set)
}
