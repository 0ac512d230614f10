//! What a marketplace offers: packs read from a git repository or a folder, and checked whole before anything is done with them.

use std::path::{Path, PathBuf};

use semver::Version;
use serde::Deserialize;

use crate::failure::{Failure, Result};
use crate::io::files::{self, EntryKind};
use crate::io::git::{References, Remote, Repository, TreeKind};
use crate::text::{nearest, printable, slashed};

use super::super::index::{self, Index};
use super::super::lock::Source;
use super::super::manifest::{self, Found, FoundPlugin};
use super::super::packs;
use super::super::shipping::{self, MARKETPLACE_MANIFEST, PLUGIN_MANIFEST};
use super::super::tree::{
    self, File, LARGEST_FILE, MOST_BYTES, MOST_FILES, is_kebab_name, joined, path_below,
};
use super::super::{digest, version};

/// The most files a marketplace may hold.
const MOST_ENTRIES: usize = 20 * MOST_FILES;

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

/// Reads the wanted packs; all there are when `wanted` is nothing. `scratch` is an empty folder to fetch into.
pub fn read(place: &Place, wanted: Option<&[Wanted]>, scratch: &Path) -> Result<Vec<Offered>> {
    match place {
        Place::Git(remote) => read_git(remote, wanted, scratch),
        Place::Folder(folder) => read_folder(folder, wanted),
    }
}

fn read_git(remote: &Remote, wanted: Option<&[Wanted]>, scratch: &Path) -> Result<Vec<Offered>> {
    let repository = Repository::create_bare(scratch)?;
    let references = remote.references(&repository)?;
    let head = references
        .head
        .clone()
        .filter(|head| references.commit(head).is_some());
    let tagged = |name: &str| -> Vec<Version> {
        references
            .tags()
            .filter_map(|tag| version::from_tag(name, tag))
            .collect()
    };
    // The state of the branch is needed to know what there is, and for packs without a tag.
    let needs_head = wanted.is_none_or(|wanted| wanted.iter().any(|pack| tagged(&pack.name).is_empty()));
    let mut at_head = None;
    if needs_head {
        let Some(head) = &head else {
            return Err(
                Failure::user(format!("`{}` is an empty repository", remote.shown()))
                    .hint("`packwright marketplace publish --to …` fills it"),
            );
        };
        remote.fetch(&repository, std::slice::from_ref(head))?;
        at_head = Some(GitTree::open(&repository, &references, head, remote)?);
    }
    let every: Vec<Wanted> = at_head.iter().flat_map(|tree| every(&tree.found)).collect();
    let wanted = wanted.unwrap_or(&every);

    let mut tags = Vec::new();
    for pack in wanted {
        let versions = tagged(&pack.name);
        let chosen = match &pack.version {
            Some(version) if !versions.contains(version) && !versions.is_empty() => {
                return Err(no_version(&pack.name, version, &versions, &remote.shown()));
            }
            Some(version) if !versions.is_empty() => Some(version.clone()),
            _ => version::newest(&versions).cloned(),
        };
        tags.push(chosen.map(|chosen| (format!("refs/tags/{}", version::tag(&pack.name, &chosen)), chosen)));
    }
    let names: Vec<String> = tags.iter().flatten().map(|(tag, _)| tag.clone()).collect();
    remote.fetch(&repository, &names)?;

    let mut offered = Vec::new();
    for (pack, tag) in wanted.iter().zip(&tags) {
        let at_tag = match tag {
            Some((tag, _)) => Some(GitTree::open(&repository, &references, tag, remote)?),
            None => None,
        };
        let Some(tree) = at_tag.as_ref().or(at_head.as_ref()) else {
            return Err(Failure::internal("a pack without tag and branch"));
        };
        let plugin = plugin_of(&tree.found, &pack.name, &remote.shown())?;
        let source = Source::Git {
            url: remote.shown(),
            commit: tree.commit.clone(),
            tag: tag
                .as_ref()
                .and_then(|(tag, _)| tag.strip_prefix("refs/tags/"))
                .map(str::to_owned),
        };
        let read = tree.read(plugin)?;
        let fallback = &tree.commit[..12.min(tree.commit.len())];
        let pack_offered = offer(plugin, read, source, fallback)?;
        let meant = tag.as_ref().map(|(_, version)| version).or(pack.version.as_ref());
        if let Some(version) = meant.filter(|version| **version != pack_offered.version) {
            return Err(Failure::user(format!(
                "`{}` was asked for in version {version} and `{}` holds {}",
                pack.name,
                remote.shown(),
                pack_offered.version
            ))
            .hint("whoever published it has put a tag on another version; ask for another one"));
        }
        offered.push(pack_offered);
    }
    Ok(offered)
}

/// One commit of a marketplace.
struct GitTree<'a> {
    repository: &'a Repository,
    commit: String,
    entries: Vec<crate::io::git::TreeEntry>,
    found: Found,
    shown: String,
}

impl<'a> GitTree<'a> {
    fn open(
        repository: &'a Repository,
        references: &References,
        name: &str,
        remote: &Remote,
    ) -> Result<Self> {
        let commit = repository.commit_of(name)?;
        let shown = remote.shown();
        if references
            .commit(name)
            .is_some_and(|announced| announced != commit)
        {
            return Err(
                Failure::user(format!("`{shown}` was published to meanwhile")).hint("run the command again")
            );
        }
        let entries = repository.files(&commit, MOST_ENTRIES)?;
        let manifest = entries.iter().find(|entry| entry.path == MARKETPLACE_MANIFEST);
        let Some(manifest) = manifest.filter(|entry| matches!(entry.kind, TreeKind::File { .. })) else {
            return Err(no_manifest(&shown));
        };
        if repository.size(&manifest.blob)? > LARGEST_FILE {
            return Err(bad_manifest(&shown, "it is too large".to_owned()));
        }
        let found =
            manifest::read(&repository.read(&manifest.blob)?).map_err(|why| bad_manifest(&shown, why))?;
        Ok(Self {
            repository,
            commit,
            entries,
            found,
            shown,
        })
    }

    fn read(&self, plugin: &FoundPlugin) -> Result<Vec<File>> {
        let folder = folder_of(plugin)?;
        let mut faults = Vec::new();
        let mut chosen = Vec::new();
        let mut total = 0;
        for entry in self
            .entries
            .iter()
            .filter(|entry| belongs(plugin, folder, &entry.path))
        {
            let TreeKind::File { executable } = entry.kind else {
                faults.push(format!("`{}` is a link or a submodule", printable(&entry.path)));
                continue;
            };
            total += check_size(&entry.path, self.repository.size(&entry.blob)?, &mut faults);
            chosen.push((
                path_below(&entry.path, folder).unwrap_or_default(),
                executable,
                &entry.blob,
            ));
        }
        refuse(
            plugin,
            &self.shown,
            chosen.iter().map(|(path, _, _)| *path),
            total,
            faults,
        )?;
        let files = chosen.into_iter().map(|(path, executable, blob)| {
            Ok(File {
                path: path.to_owned(),
                executable,
                contents: self.repository.read(blob)?,
            })
        });
        files.collect()
    }
}

fn read_folder(folder: &Path, wanted: Option<&[Wanted]>) -> Result<Vec<Offered>> {
    let shown = slashed(folder);
    let Some(bytes) = files::read_if_present(&folder.join(MARKETPLACE_MANIFEST))? else {
        return Err(no_manifest(&shown));
    };
    let found = manifest::read(&bytes).map_err(|why| bad_manifest(&shown, why))?;
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
        let pack_offered = offer(plugin, read, source, &tree_digest["sha256:".len()..][..12])?;
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

/// Notes a file that is too large, and gives the size to add up.
fn check_size(path: &str, bytes: u64, faults: &mut Vec<String>) -> u64 {
    if bytes > LARGEST_FILE {
        faults.push(format!(
            "`{}` is {bytes} bytes; the limit is {LARGEST_FILE}",
            printable(path)
        ));
    }
    bytes
}

/// Fails with everything that keeps a pack from being unpacked.
fn refuse<'a>(
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

fn every(found: &Found) -> Vec<Wanted> {
    let names = found.plugins.iter().map(|plugin| plugin.name.clone());
    names.map(|name| Wanted { name, version: None }).collect()
}

fn no_manifest(shown: &str) -> Failure {
    Failure::user(format!("there is no `{MARKETPLACE_MANIFEST}` in `{shown}`"))
        .hint("it is no marketplace: `packwright marketplace publish` makes one")
}

fn bad_manifest(shown: &str, why: String) -> Failure {
    Failure::user(format!("`{MARKETPLACE_MANIFEST}` in `{shown}` is refused")).caused_by(why)
}

fn no_version(name: &str, version: &Version, versions: &[Version], shown: &str) -> Failure {
    let mut versions = versions.to_vec();
    versions.sort();
    let known: Vec<String> = versions.iter().rev().take(10).map(ToString::to_string).collect();
    Failure::user(format!("`{shown}` has no version {version} of `{name}`"))
        .hint(format!("there is {}", known.join(", ")))
}

fn plugin_of<'a>(found: &'a Found, name: &str, shown: &str) -> Result<&'a FoundPlugin> {
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

fn folder_of(plugin: &FoundPlugin) -> Result<&str> {
    plugin.folder.as_deref().map_err(|why| {
        Failure::user(format!("pack `{}` cannot be installed from here", plugin.name))
            .caused_by(why.clone())
            .hint("install it from the place its entry names")
    })
}

/// Whether a file belongs to a pack: what it ships, and the skills it names wherever they lie in it.
fn belongs(plugin: &FoundPlugin, folder: &str, path: &str) -> bool {
    shipping::ships(folder, path)
        || plugin
            .skills
            .iter()
            .flatten()
            .any(|skill| path_below(path, &joined(folder, skill)).is_some())
}

/// Skills and agents out of the files of a pack.
fn offer(plugin: &FoundPlugin, files: Vec<File>, source: Source, fallback: &str) -> Result<Offered> {
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
        skills.push((skill.to_owned(), tree::below(&files, &folder)));
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
        digest: digest::of_tree(&files),
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
