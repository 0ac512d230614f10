//! Publishing to a folder: the whole new folder is written beside the old one and the two are swapped.
//!
//! A list of its files lies in it; a folder without one, or with files that are not on it, is not ours to replace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use semver::Version;

use crate::failure::{Failure, Result};
use crate::io::files::{self, EntryKind};
use crate::io::placement::{Content as Placed, PlacedFile, Step, Workplace, place};
use crate::text::slashed;

use super::super::found::{self, Found};
use super::super::index::{self, Index, IndexedPack};
use super::super::packs;
use super::super::shipping::{MARKETPLACE_MANIFEST, ships};
use super::super::tree::{File, path_below};
use super::super::version::{self, Verdict};
use super::{Action, Content, Destination, Ended, Publication, differences, refuse_versions};

/// The files of a folder that waits to be swapped in.
#[derive(Debug)]
pub struct Swap {
    folder: PathBuf,
    /// The list that lies in the folder now; swapping is called off when another one does.
    before: Option<Vec<u8>>,
    files: Vec<File>,
}

impl Swap {
    pub fn carry_out(&self) -> Result<Ended> {
        let parent = self.folder.parent().unwrap_or(Path::new("."));
        let name = self.folder.file_name().unwrap_or_default();
        files::create_folder(parent)?;
        let workplace =
            Workplace::claim(&parent.join(format!(".packwright-publish-{}", name.to_string_lossy())))?;
        if files::read_if_present(&self.folder.join(index::FILE_NAME))? != self.before {
            return Ok(Ended::Overtaken(format!(
                "`{}` was published to meanwhile",
                slashed(&self.folder)
            )));
        }
        let placed = self.files.iter().map(|file| PlacedFile {
            path: file.path.clone(),
            executable: file.executable,
            contents: file.contents.clone(),
        });
        let step = Step {
            path: name.into(),
            content: Placed::Folder(placed.collect()),
        };
        place(parent, &workplace, &[step])?;
        Ok(Ended::Done)
    }
}

pub fn prepare(content: &Content, folder: &Path) -> Result<Publication> {
    let shown = slashed(folder);
    let there = read_folder(folder)?;
    let published = match &there {
        Some(there) => there.manifest(&shown)?,
        None => None,
    };
    if let Some(published) = &published {
        content.check_name(published, &shown)?;
    }

    let known = |name: &str| there.as_ref().and_then(|there| there.index.packs.get(name));
    let verdicts: Vec<Verdict> = content
        .packs
        .iter()
        .map(|pack| {
            let known = known(&pack.name);
            let version = known.and_then(|known| Version::parse(&known.version).ok());
            let same = known
                .filter(|_| version.as_ref() == Some(&pack.version))
                .map(|known| known.digest.as_str());
            version::judge(&pack.version, &pack.digest, same, &version)
        })
        .collect();
    refuse_versions(content, &verdicts, &shown, |pack| {
        let files = there.iter().flat_map(|there| &there.files);
        let published: Vec<File> = files
            .filter(|file| ships(&pack.folder, &file.path))
            .map(|file| File {
                path: path_below(&file.path, &pack.folder)
                    .unwrap_or_default()
                    .to_owned(),
                ..file.clone()
            })
            .collect();
        differences(&pack.files, &published)
    })?;

    let sent = content.files(published.as_ref());
    let mut outline = content.outline(&Destination::Folder(folder.to_path_buf()), &verdicts, &sent);
    let mut all: Vec<File> = sent.into_iter().map(|(_, file)| file).collect();
    let mut listed: BTreeMap<String, IndexedPack> = BTreeMap::new();
    if let Some(there) = &there {
        all.extend(
            there
                .files
                .iter()
                .filter(|file| !content.replaces(&file.path))
                .cloned(),
        );
        let kept = manifest_names(&all)?;
        let old = there.index.packs.iter().filter(|(name, _)| kept.contains(name));
        listed.extend(old.map(|(name, pack)| (name.clone(), pack.clone())));
    }
    for pack in &content.packs {
        let version = pack.version.to_string();
        listed.insert(
            pack.name.clone(),
            IndexedPack {
                version,
                digest: pack.digest.clone(),
            },
        );
    }
    let index = Index::of(listed, &all);
    all.push(File {
        path: index::FILE_NAME.to_owned(),
        executable: false,
        contents: index.bytes(),
    });
    all.sort();

    outline.nothing_to_do = there.as_ref().is_some_and(|there| there.index == index);
    let action = if outline.nothing_to_do {
        Action::Nothing
    } else {
        Action::Swap(Swap {
            folder: folder.to_path_buf(),
            before: there.map(|there| there.index_bytes),
            files: all,
        })
    };
    Ok(Publication { outline, action })
}

/// Names of the plugins in the manifest among `files`.
fn manifest_names(files: &[File]) -> Result<Vec<String>> {
    let file = files.iter().find(|file| file.path == MARKETPLACE_MANIFEST);
    let found = file.map(|file| found::read(&file.contents)).transpose();
    let found = found
        .map_err(|why| Failure::internal("a manifest that was just written cannot be read").caused_by(why))?;
    Ok(found.map_or_else(Vec::new, |found| {
        found.plugins.into_iter().map(|plugin| plugin.name).collect()
    }))
}

/// A publication that lies in a folder.
#[derive(Debug)]
struct There {
    index: Index,
    index_bytes: Vec<u8>,
    /// Every file but the list.
    files: Vec<File>,
}

impl There {
    fn manifest(&self, shown: &str) -> Result<Option<Found>> {
        let file = self.files.iter().find(|file| file.path == MARKETPLACE_MANIFEST);
        file.map(|file| found::read(&file.contents))
            .transpose()
            .map_err(|why| {
                Failure::user(format!("`{MARKETPLACE_MANIFEST}` in `{shown}` cannot be read")).caused_by(why)
            })
    }
}

/// The path from the root, with links resolved as far as it exists.
pub fn absolute(folder: &Path) -> Result<PathBuf> {
    if files::exists(folder) {
        return files::canonical(folder);
    }
    let name = folder
        .file_name()
        .ok_or_else(|| Failure::user(format!("`{}` is no folder that can be made", slashed(folder))))?;
    let parent = folder
        .parent()
        .filter(|parent| *parent != Path::new(""))
        .unwrap_or(Path::new("."));
    Ok(absolute(parent)?.join(name))
}

/// The publication in `folder`; nothing when the folder is empty or not there. Fails for a folder that holds anything else.
fn read_folder(folder: &Path) -> Result<Option<There>> {
    if !files::exists(folder) {
        return Ok(None);
    }
    let shown = slashed(folder);
    let tree = files::walk_everything(folder)?;
    if tree.entries.is_empty() {
        return Ok(None);
    }
    let foreign = || {
        Failure::user(format!(
            "`{shown}` holds something else than a publication of packwright"
        ))
        .hint("publish to an empty folder, or to one that is not there yet")
    };
    let Some(index_bytes) = files::read_if_present(&folder.join(index::FILE_NAME))? else {
        return Err(foreign());
    };
    let index = Index::read(&index_bytes)
        .map_err(|why| foreign().caused_by(format!("`{}`: {why}", index::FILE_NAME)))?;
    let mut there = Vec::new();
    let mut odd = Vec::new();
    for entry in &tree.entries {
        match entry.kind {
            EntryKind::File { executable, .. } if entry.path != index::FILE_NAME => there.push(File {
                path: entry.path.clone(),
                executable,
                contents: files::read(&folder.join(&entry.path))?,
            }),
            EntryKind::Folder | EntryKind::File { .. } => {}
            EntryKind::Link { .. } | EntryKind::Other => odd.push(format!("`{}` is no file", entry.path)),
        }
    }
    odd.extend(index.differences(&there));
    packs::all(&format!("`{shown}` was changed since it was published"), odd).map_err(|failure| {
        failure.hint("packwright would lose these changes: move the folder away, then publish again")
    })?;
    Ok(Some(There {
        index,
        index_bytes,
        files: there,
    }))
}
