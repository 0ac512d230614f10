//! Packs out of a folder, checked against the list of a publication where one lies in it.

use std::path::Path;

use crate::failure::{Failure, Result};
use crate::io::files::{self, EntryKind};
use crate::text::{printable, slashed};

use super::super::digest;
use super::super::found;
use super::super::index::{self, Index};
use super::super::lock::Source;
use super::super::shipping::MARKETPLACE_MANIFEST;
use super::super::tree::{File, path_below};
use super::offer::{
    Offered, Wanted, bad_manifest, belongs, check_size, every, folder_of, no_manifest, no_version, offer,
    plugin_of, refuse,
};

pub fn read(folder: &Path, wanted: Option<&[Wanted]>) -> Result<Vec<Offered>> {
    let shown = slashed(folder);
    let Some(bytes) = files::read_if_present(&folder.join(MARKETPLACE_MANIFEST))? else {
        return Err(no_manifest(&shown));
    };
    let found = found::read(&bytes).map_err(|why| bad_manifest(&shown, why))?;
    let listed = match files::read_if_present(&folder.join(index::FILE_NAME))? {
        Some(bytes) => Some(Index::read(&bytes).map_err(|why| {
            Failure::user(format!("`{}` in `{shown}` cannot be read", index::FILE_NAME)).caused_by(why)
        })?),
        None => None,
    };
    let tree = files::walk(folder)?;
    let every = every(&found);
    let mut offered = Vec::new();
    for pack in wanted.unwrap_or(&every) {
        let plugin = plugin_of(&found, &pack.name, &shown)?;
        let inside = folder_of(plugin)?;
        let mut faults = Vec::new();
        let mut chosen = Vec::new();
        let mut total = 0;
        for entry in tree
            .entries
            .iter()
            .filter(|entry| belongs(plugin, inside, &entry.path))
        {
            match entry.kind {
                EntryKind::Folder => {}
                EntryKind::File { bytes, executable } => {
                    total += check_size(&entry.path, bytes, &mut faults);
                    chosen.push((
                        path_below(&entry.path, inside).unwrap_or_default(),
                        executable,
                        &entry.path,
                    ));
                }
                EntryKind::Link { .. } => faults.push(format!("`{}` is a link", printable(&entry.path))),
                EntryKind::Other => faults.push(format!(
                    "`{}` is neither a file nor a folder",
                    printable(&entry.path)
                )),
            }
        }
        refuse(
            plugin,
            &shown,
            chosen.iter().map(|(path, _, _)| *path),
            total,
            faults,
        )?;
        let read = chosen.into_iter().map(|(path, executable, from)| {
            Ok(File {
                path: path.to_owned(),
                executable,
                contents: files::read(&folder.join(from))?,
            })
        });
        let read: Vec<File> = read.collect::<Result<_>>()?;
        let tree_digest = digest::of_tree(&read);
        let published = listed.as_ref().and_then(|index| index.packs.get(&pack.name));
        if published.is_some_and(|published| published.digest != tree_digest) {
            return Err(Failure::user(format!(
                "`{}` in `{shown}` is not what was published there",
                pack.name
            ))
            .caused_by(format!(
                "its digest is `{tree_digest}`, not the one in `{}`",
                index::FILE_NAME
            ))
            .hint("the folder was changed or copied in part; publish to it again"));
        }
        let source = Source::Folder { path: shown.clone() };
        let pack_offered = offer(plugin, &read, source, &tree_digest["sha256:".len()..][..12])?;
        if let Some(version) = pack
            .version
            .as_ref()
            .filter(|version| **version != pack_offered.version)
        {
            return Err(no_version(&pack.name, version, &[pack_offered.version], &shown));
        }
        offered.push(pack_offered);
    }
    Ok(offered)
}
