//! What a marketplace offers: packs read from a git repository or a folder, and checked whole before anything is done with them.

use std::path::{Path, PathBuf};

use semver::Version;
use serde::Deserialize;

use crate::failure::{Failure, Result};
use crate::io::files;
use crate::io::git::{Remote, Repository};
use crate::text::{nearest, printable, slashed};

use super::super::digest;
use super::super::found::{Found, FoundPlugin};
use super::super::lock::Source;
use super::super::packs;
use super::super::shipping::{self, MARKETPLACE_MANIFEST, PLUGIN_MANIFEST};
use super::super::tree::{
    self, File, LARGEST_FILE, MOST_BYTES, MOST_FILES, is_kebab_name, joined, path_below,
};

/// The most files a marketplace may hold.
pub const MOST_ENTRIES: usize = 20 * MOST_FILES;

/// Where packs are taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Git(Remote),
    Folder(PathBuf),
}

impl Place {
    /// An address, a bare repository, or a folder with a marketplace in it.
    pub fn parse(text: &str) -> Result<Self> {
        if Remote::looks_like_url(text) {
            return Remote::parse(text).map(Self::Git);
        }
        let path = Path::new(text);
        if Repository::is_at(path) && Repository::open(path)?.is_bare() {
            return Remote::parse(text).map(Self::Git);
        }
        if files::is_folder(path) {
            return Ok(Self::Folder(path.to_path_buf()));
        }
        Err(Failure::user(format!(
            "`{}` is neither an address nor a folder",
            printable(text)
        ))
        .hint(
            "give the address of a git repository, or a folder that `packwright marketplace publish` wrote",
        ))
    }

    pub fn shown(&self) -> String {
        match self {
            Self::Git(remote) => remote.shown(),
            Self::Folder(folder) => slashed(folder),
        }
    }
}

/// A pack by name, and by version when only that one will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub version: Option<Version>,
}

impl Wanted {
    /// `NAME` or `NAME@1.2.3`.
    pub fn parse(text: &str) -> Result<Self> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        if !is_kebab_name(name) {
            return Err(
                Failure::user(format!("`{}` is no name of a pack", printable(name)))
                    .hint("NAME, NAME@1.2.3, or all"),
            );
        }
        let version = version.map(Version::parse).transpose().map_err(|error| {
            Failure::user(format!("`{}` names no version", printable(text)))
                .because(&error)
                .hint(format!("a full version, as in `{name}@1.2.3`"))
        })?;
        Ok(Self {
            name: name.to_owned(),
            version,
        })
    }
}

/// A pack that was read and may be installed.
#[derive(Debug, Clone)]
pub struct Offered {
    pub name: String,
    pub version: Version,
    /// Framed tree hash of all its files.
    pub digest: String,
    pub source: Source,
    /// Name and files of each skill, ordered.
    pub skills: Vec<(String, Vec<File>)>,
    /// Name and file of each agent, ordered.
    pub agents: Vec<(String, File)>,
}

/// Notes a file that is too large, and gives the size to add up.
pub fn check_size(path: &str, bytes: u64, faults: &mut Vec<String>) -> u64 {
    if bytes > LARGEST_FILE {
        faults.push(format!(
            "`{}` is {bytes} bytes; the limit is {LARGEST_FILE}",
            printable(path)
        ));
    }
    bytes
}

/// Fails with everything that keeps a pack from being unpacked.
pub fn refuse<'a>(
    plugin: &FoundPlugin,
    shown: &str,
    paths: impl Iterator<Item = &'a str>,
    total: u64,
    mut faults: Vec<String>,
) -> Result<()> {
    faults.extend(tree::name_faults(paths));
    if total > MOST_BYTES {
        faults.push(format!("{total} bytes in all; the limit is {MOST_BYTES}"));
    }
    packs::all(&format!("pack `{}` of `{shown}` is refused", plugin.name), faults)
        .map_err(|failure| failure.hint("nothing was installed; tell whoever publishes it"))
}

pub fn every(found: &Found) -> Vec<Wanted> {
    let names = found.plugins.iter().map(|plugin| plugin.name.clone());
    names.map(|name| Wanted { name, version: None }).collect()
}

pub fn no_manifest(shown: &str) -> Failure {
    Failure::user(format!("there is no `{MARKETPLACE_MANIFEST}` in `{shown}`"))
        .hint("it is no marketplace: `packwright marketplace publish` makes one")
}

pub fn bad_manifest(shown: &str, why: impl std::convert::Into<String>) -> Failure {
    Failure::user(format!("`{MARKETPLACE_MANIFEST}` in `{shown}` is refused")).caused_by(why)
}

pub fn no_version(name: &str, version: &Version, versions: &[Version], shown: &str) -> Failure {
    let mut versions = versions.to_vec();
    versions.sort();
    let known: Vec<String> = versions.iter().rev().take(10).map(ToString::to_string).collect();
    Failure::user(format!("`{shown}` has no version {version} of `{name}`"))
        .hint(format!("there is {}", known.join(", ")))
}

pub fn plugin_of<'a>(found: &'a Found, name: &str, shown: &str) -> Result<&'a FoundPlugin> {
    found
        .plugins
        .iter()
        .find(|plugin| plugin.name == name)
        .ok_or_else(|| {
            let known = || found.plugins.iter().map(|plugin| plugin.name.as_str());
            let failure = Failure::user(format!("there is no pack `{name}` in `{shown}`"));
            match nearest(name, known()) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint(format!("it holds: {}", known().collect::<Vec<_>>().join(", "))),
            }
        })
}

pub fn folder_of(plugin: &FoundPlugin) -> Result<&str> {
    plugin.folder.as_deref().map_err(|why| {
        Failure::user(format!("pack `{}` cannot be installed from here", plugin.name))
            .caused_by(why.clone())
            .hint("install it from the place its entry names")
    })
}

/// Whether a file belongs to a pack: what it ships, and the skills it names wherever they lie in it.
pub fn belongs(plugin: &FoundPlugin, folder: &str, path: &str) -> bool {
    shipping::ships(folder, path)
        || plugin
            .skills
            .iter()
            .flatten()
            .any(|skill| path_below(path, &joined(folder, skill)).is_some())
}

/// Skills and agents out of the files of a pack.
pub fn offer(plugin: &FoundPlugin, files: &[File], source: Source, fallback: &str) -> Result<Offered> {
    #[derive(Deserialize)]
    struct Versioned {
        version: Option<String>,
    }
    let name = &plugin.name;
    let own = files.iter().find(|file| file.path == PLUGIN_MANIFEST);
    let own = own.and_then(|file| serde_json::from_slice::<Versioned>(&file.contents).ok());
    let written = own.and_then(|own| own.version).or_else(|| plugin.version.clone());
    let version = match written {
        Some(version) => Version::parse(&version).map_err(|error| {
            Failure::user(format!(
                "pack `{name}` has no version but `{}`",
                printable(&version)
            ))
            .because(&error)
        })?,
        None => Version::parse(&format!("0.0.0+{fallback}"))
            .map_err(|error| Failure::internal("no version can be made").because(&error))?,
    };
    let mut folders: Vec<String> = Vec::new();
    let paths = || files.iter().map(|file| file.path.as_str());
    for listed in plugin.skills.iter().flatten() {
        let is_skill = paths().any(|path| path == joined(listed, "SKILL.md"));
        if is_skill {
            folders.push(listed.clone());
        } else {
            folders.extend(paths().filter_map(|path| {
                let (skill, file) = path_below(path, listed)?.split_once('/')?;
                (file == "SKILL.md").then(|| joined(listed, skill))
            }));
        }
    }
    // At the root the named skills are all there are.
    if plugin.folder.as_deref() != Ok(".") || plugin.skills.is_none() {
        folders.extend(
            shipping::skills(paths())
                .into_iter()
                .map(|skill| format!("skills/{skill}")),
        );
    }
    folders.sort();
    folders.dedup();
    let mut skills: Vec<(String, Vec<File>)> = Vec::new();
    for folder in folders {
        let skill = folder.rsplit('/').next().unwrap_or_default();
        if !is_kebab_name(skill) {
            return Err(Failure::user(format!("pack `{name}` is refused"))
                .caused_by(format!("`{}` is no name of a skill", printable(skill))));
        }
        if skills.iter().any(|(known, _)| known == skill) {
            return Err(Failure::user(format!("pack `{name}` is refused"))
                .caused_by(format!("it holds two skills called `{skill}`")));
        }
        skills.push((skill.to_owned(), tree::below(files, &folder)));
    }
    skills.sort();
    let agents = shipping::agents(paths()).into_iter().filter_map(|agent| {
        let path = format!("agents/{agent}.md");
        let file = files.iter().find(|file| file.path == path)?;
        Some((agent, file.clone()))
    });
    let agents: Vec<(String, File)> = agents.collect();
    if skills.is_empty() && agents.is_empty() {
        return Err(Failure::user(format!(
            "pack `{name}` holds neither a skill nor an agent"
        )));
    }
    Ok(Offered {
        name: name.clone(),
        version,
        digest: digest::of_tree(files),
        source,
        skills,
        agents,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_are_named_with_or_without_a_version() {
        assert_eq!(Wanted::parse("pdf").unwrap().version, None);
        assert_eq!(
            Wanted::parse("pdf@1.2.3").unwrap().version,
            Some(Version::new(1, 2, 3))
        );
        for bad in ["", "../x", "pdf@", "pdf@1", "pdf@^1", "Pdf", "-pdf", "a/b"] {
            assert!(Wanted::parse(bad).is_err(), "{bad}");
        }
    }
}
