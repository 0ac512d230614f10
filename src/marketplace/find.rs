//! From paths to manifests: the catalogues of marketplaces, the manifests of plugins, and the files of hooks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::failure::{Failure, Result};
use crate::hook::{HookFile, Place};
use crate::io::files::{self, Entry, EntryKind};
use crate::io::listing::Listing;
use crate::manifest::Manifest;
use crate::text::{Source, slashed};

use super::catalog::{CATALOG_FILE, Marketplace};
use super::plugin::{HOOK_FILE, PLUGIN_FILE, Plugin, Written, components};

/// Where a project's hooks lie.
const SETTINGS: &[&str] = &[".claude/settings.json", ".claude/settings.local.json"];

/// A file that was found, read.
#[derive(Debug, Clone)]
pub enum Found {
    Marketplace(Marketplace),
    Plugin(Plugin),
    Hooks(HookFile),
}

impl Found {
    pub fn source(&self) -> &Source {
        match self {
            Self::Marketplace(marketplace) => marketplace.source(),
            Self::Plugin(plugin) => plugin.source(),
            Self::Hooks(file) => &file.manifest.source,
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
    fn new(root: &Path) -> Result<Self> {
        Ok(Self {
            entries: files::walk(root)?.entries.into(),
            root: root.to_path_buf(),
        })
    }

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
        let bytes = files::read(&path).ok()?;
        let shown = slashed(&path);
        Some(Source::from_bytes(
            shown.strip_prefix("./").unwrap_or(&shown),
            bytes,
        ))
    }

    fn listing(&self, folder: &str) -> Listing {
        Listing::new(Arc::clone(&self.entries), folder)
    }
}

/// Every manifest at or below the paths, each once, ordered by path. A file named outright is taken for what its name says.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Found>> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for path in paths {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        let all = if files::is_folder(path) {
            find_below(&Walked::new(path)?, None)
        } else {
            files::read(path)?;
            let (root, file) = holder_of(path).ok_or_else(|| {
                Failure::user(format!("`{}` is not a manifest", slashed(path))).hint(format!(
                    "name a `{CATALOG_FILE}`, `{PLUGIN_FILE}`, `{HOOK_FILE}` or `{}`, or a folder above",
                    SETTINGS[0]
                ))
            })?;
            find_below(&Walked::new(&root)?, Some(file))
        };
        found.extend(all.into_iter().map(|one| (one.source().path().to_string(), one)));
    }
    Ok(found.into_values().collect())
}

/// The folder that a manifest stands for, and the path of the manifest from it.
fn holder_of(path: &Path) -> Option<(PathBuf, &'static str)> {
    let known = [CATALOG_FILE, PLUGIN_FILE, HOOK_FILE]
        .into_iter()
        .chain(SETTINGS.iter().copied());
    let full = files::canonical(path).ok()?;
    let file = known.into_iter().find(|known| full.ends_with(known))?;
    // The path as it was given, so that findings show it so; a bare file name stands in the current folder.
    let above = path
        .parent()
        .and_then(Path::parent)
        .filter(|above| *above != Path::new(""));
    let root = match (above, path.components().count()) {
        (Some(above), _) => above.to_path_buf(),
        (None, 1) => PathBuf::from(".."),
        (None, _) => PathBuf::from("."),
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
