//! From paths to manifests: the catalogues of marketplaces, the manifests of plugins, the files of hooks, and lock files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::failure::{Failure, Result};
use crate::hook::{HookFile, Place};
use crate::io::files::{self, Entry, EntryKind, Tree};
use crate::io::listing::Listing;
use crate::manifest::Manifest;
use crate::text::{Source, slashed};

use super::catalog::{CATALOG_FILE, Marketplace};
use super::plugin::{HOOK_FILE, PLUGIN_FILE, Plugin, Written, components};
use super::skills_lock::{SKILLS_LOCK_FILE, SkillsLock};

/// Largest file that is read.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Where a project's hooks lie.
const SETTINGS: &[&str] = &[".claude/settings.json", ".claude/settings.local.json"];

/// A file that was found, read.
#[derive(Debug, Clone)]
pub enum Found {
    Marketplace(Marketplace),
    Plugin(Plugin),
    Hooks(HookFile),
    Lock(SkillsLock),
}

impl Found {
    pub fn source(&self) -> &Source {
        match self {
            Self::Marketplace(marketplace) => marketplace.source(),
            Self::Plugin(plugin) => plugin.source(),
            Self::Hooks(file) => &file.manifest.source,
            Self::Lock(lock) => lock.source(),
        }
    }

    /// The same file with another text.
    #[must_use]
    pub fn with_source(&self, source: &Source) -> Self {
        let manifest = Manifest::read(source.clone());
        let mut same = self.clone();
        match &mut same {
            Self::Marketplace(marketplace) => marketplace.manifest = manifest,
            Self::Plugin(plugin) => plugin.manifest = manifest,
            Self::Hooks(file) => file.manifest = manifest,
            Self::Lock(lock) => lock.manifest = manifest,
        }
        same
    }
}

/// A walked folder.
struct Walked {
    root: PathBuf,
    entries: Arc<[Entry]>,
}

impl Walked {
    /// Folders that hold a file of this path.
    fn holders<'a>(&'a self, file: &'a str) -> impl Iterator<Item = &'a str> {
        let entries = self
            .entries
            .iter()
            .filter(|entry| matches!(entry.kind, EntryKind::File { .. }));
        entries.filter_map(move |entry| match entry.path.strip_suffix(file)? {
            "" => Some(""),
            folder => folder.strip_suffix('/'),
        })
    }

    fn read(&self, folder: &str, file: &str) -> Option<Source> {
        let path = self.root.join(folder).join(file);
        if !files::exists(&path) {
            return None;
        }
        Some(match files::read_fit(&path, None, MOST_BYTES) {
            Ok(bytes) => Source::from_bytes(shown(&path), bytes),
            Err(reason) => Source::unreadable(shown(&path), &reason),
        })
    }

    fn listing(&self, folder: &str) -> Listing {
        Listing::new(Arc::clone(&self.entries), folder)
    }
}

fn shown(path: &Path) -> String {
    let shown = slashed(path);
    shown.strip_prefix("./").unwrap_or(&shown).to_owned()
}

/// Every manifest in a walked folder, ordered by path.
pub fn found_in(root: &Path, tree: Tree) -> Vec<Found> {
    let walked = Walked {
        root: root.to_path_buf(),
        entries: tree.entries.into(),
    };
    let mut found = find_below(&walked, None);
    found.sort_by(|a, b| a.source().path().cmp(b.source().path()));
    found
}

/// Whether a file is a manifest by its name and the folder it lies in.
pub fn is_named(path: &Path) -> bool {
    holder_of(path).is_some()
}

/// The folder that the manifest at a path stands for; nothing where the name is that of no manifest.
pub fn folder_of(path: &Path) -> Option<PathBuf> {
    holder_of(path).map(|(folder, _)| folder)
}

/// The manifest at a path, with what lies around it. A file that is none by its name is not found.
pub fn found_at(path: &Path) -> Result<Option<Found>> {
    if let Some(reason) = files::unfit(path, MOST_BYTES) {
        return Err(Failure::user(format!("cannot read `{}`", slashed(path))).caused_by(reason));
    }
    files::read(path)?;
    overlaid(path, None)
}

/// The manifest at a path with another text, or with its own, which need not be there.
pub fn overlaid(path: &Path, bytes: Option<Vec<u8>>) -> Result<Option<Found>> {
    let Some((root, file)) = holder_of(path) else {
        return Ok(None);
    };
    let is_to_come = bytes.is_some() && !files::exists(&root);
    let entries = if is_to_come {
        Vec::new()
    } else {
        files::walk(&root)?.entries
    };
    let walked = Walked {
        entries: entries.into(),
        root,
    };
    let found = find_below(&walked, Some(file)).into_iter().next();
    let Some(bytes) = bytes else {
        return Ok(found);
    };
    let source = Source::from_bytes(shown(path), bytes);
    Ok(Some(match found {
        Some(found) => found.with_source(&source),
        None => alone(source, &walked, file),
    }))
}

/// A manifest that is not on disk yet.
fn alone(source: Source, walked: &Walked, file: &str) -> Found {
    let files = walked.listing("");
    match file {
        CATALOG_FILE => Found::Marketplace(Marketplace::read(source, files, BTreeMap::new())),
        PLUGIN_FILE => Found::Plugin(Plugin::read(source, files)),
        HOOK_FILE => Found::Hooks(HookFile::read(source, Place::PluginFile, files)),
        SKILLS_LOCK_FILE => Found::Lock(SkillsLock::read(source)),
        _ => Found::Hooks(HookFile::read(source, Place::Settings, files)),
    }
}

/// The folder that a manifest stands for, and the path of the manifest from it.
fn holder_of(path: &Path) -> Option<(PathBuf, &'static str)> {
    if path.file_name().is_some_and(|name| name == SKILLS_LOCK_FILE) {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        return Some((folder.unwrap_or(Path::new(".")).to_path_buf(), SKILLS_LOCK_FILE));
    }
    let known = [CATALOG_FILE, PLUGIN_FILE, HOOK_FILE]
        .into_iter()
        .chain(SETTINGS.iter().copied());
    let name = path.file_name()?;
    let parent = path.parent().filter(|parent| *parent != Path::new(""));
    let mut same_name = known.filter(|known| Path::new(known).file_name() == Some(name));
    // The folder of a bare name is known by the place it stands in.
    let folder = match parent {
        Some(parent) if parent.file_name().is_some() => parent.to_path_buf(),
        other => files::canonical(other.unwrap_or(Path::new("."))).ok()?,
    };
    let file = same_name.find(|known| folder.join(name).ends_with(known))?;
    let root = match parent.map(|parent| (parent, parent.file_name())) {
        Some((parent, Some(_))) => match parent.parent() {
            Some(above) if above != Path::new("") => above.to_path_buf(),
            _ => PathBuf::from("."),
        },
        Some((parent, None)) => parent.join(".."),
        None => PathBuf::from(".."),
    };
    Some((root, file))
}

/// What lies in a walked folder; `only` the file at the root of that path.
fn find_below(walked: &Walked, only: Option<&str>) -> Vec<Found> {
    let wanted = |folder: &str, file: &str| only.is_none_or(|only| folder.is_empty() && only == file);
    let mut found = Vec::new();
    let manifests: BTreeMap<&str, Source> = walked
        .holders(PLUGIN_FILE)
        .filter_map(|folder| Some((folder, walked.read(folder, PLUGIN_FILE)?)))
        .collect();
    // Folders of plugins, and the files of hooks that their manifests name.
    let mut hook_files: BTreeSet<(String, String)> = BTreeSet::new();
    let mut plugin_folders: BTreeSet<String> = manifests.keys().map(|folder| (*folder).to_owned()).collect();
    let mut officials: BTreeSet<String> = BTreeSet::new();
    for folder in walked.holders(CATALOG_FILE) {
        let Some(source) = walked.read(folder, CATALOG_FILE) else {
            continue;
        };
        let below = manifests.iter().filter_map(|(plugin, source)| {
            Some((inside(plugin, folder)?.to_owned(), Manifest::read(source.clone())))
        });
        let marketplace = Marketplace::read(source, walked.listing(folder), below.collect());
        for entry in marketplace.entries() {
            let Some(plugin) = marketplace.folder(&entry) else {
                continue;
            };
            let plugin = joined(folder, &plugin);
            if marketplace.is_official() {
                officials.insert(plugin.clone());
            }
            plugin_folders.insert(plugin);
        }
        if wanted(folder, CATALOG_FILE) {
            found.push(Found::Marketplace(marketplace));
        }
    }
    for (folder, source) in manifests {
        let mut plugin = Plugin::read(source, walked.listing(folder));
        plugin.is_listed_officially = officials.contains(folder);
        for component in plugin.object().map(components).unwrap_or_default() {
            let is_hooks = component.field.name == "hooks" && component.fault().is_none();
            if is_hooks && plugin.written == Written::Manifest {
                let file = component.path.trim_start_matches("./").to_owned();
                hook_files.insert((folder.to_owned(), file));
            }
        }
        if wanted(folder, PLUGIN_FILE) {
            found.push(Found::Plugin(plugin));
        }
    }
    if only == Some(HOOK_FILE) {
        plugin_folders.insert(String::new());
    }
    hook_files.extend(
        plugin_folders
            .into_iter()
            .map(|folder| (folder, HOOK_FILE.to_owned())),
    );
    for (folder, file) in hook_files {
        if wanted(&folder, &file) {
            let source = walked.read(&folder, &file);
            let hooks =
                source.map(|source| HookFile::read(source, Place::PluginFile, walked.listing(&folder)));
            found.extend(hooks.map(Found::Hooks));
        }
    }
    for file in SETTINGS {
        for folder in walked.holders(file).filter(|folder| wanted(folder, file)) {
            let source = walked.read(folder, file);
            let hooks = source.map(|source| HookFile::read(source, Place::Settings, walked.listing(folder)));
            found.extend(hooks.map(Found::Hooks));
        }
    }
    for folder in walked.holders(SKILLS_LOCK_FILE) {
        if wanted(folder, SKILLS_LOCK_FILE) {
            let source = walked.read(folder, SKILLS_LOCK_FILE);
            found.extend(source.map(|source| Found::Lock(SkillsLock::read(source))));
        }
    }
    found
}

/// The path of `folder` from `above`, when it lies in it.
fn inside<'a>(folder: &'a str, above: &str) -> Option<&'a str> {
    if above.is_empty() || folder == above {
        return Some(if folder == above { "" } else { folder });
    }
    folder.strip_prefix(above)?.strip_prefix('/')
}

fn joined(folder: &str, inner: &str) -> String {
    match (folder, inner) {
        ("", inner) => inner.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, inner) => format!("{folder}/{inner}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_told_by_where_they_lie() {
        assert_eq!(inside("a/b", "a"), Some("b"));
        assert_eq!(inside("a", "a"), Some(""));
        assert_eq!(inside("a", ""), Some("a"));
        assert_eq!(inside("", ""), Some(""));
        assert_eq!(inside("ab/c", "a"), None);
    }
}
