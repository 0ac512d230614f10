//! The packs of a repository as they would ship: read from the current commit where there is git, from disk where there is not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use semver::Version;
use serde_json::Value;

use crate::config::Settings;
use crate::failure::{Failure, Result};
use crate::io::files::{self, Entry, EntryKind};
use crate::io::git::{Blob, Head, Identity, Repository, TreeKind};
use crate::text::nearest;

use super::shipping::{self, MARKETPLACE_MANIFEST, PLUGIN_MANIFEST, Shipped};
use super::tree::{File, MOST_FILES, joined};
use super::{digest, manifest};

/// The most files that a repository may hold.
const MOST_REPOSITORY_FILES: usize = 20 * MOST_FILES;

/// A pack with every byte it ships.
#[derive(Debug, Clone)]
pub struct LocalPack {
    pub name: String,
    pub version: Version,
    /// `.` or its folder in the repository.
    pub folder: String,
    /// Ordered by path, relative to the pack, with the built manifest among them.
    pub files: Vec<File>,
    /// Of `files`, as `digest::of_tree` writes it.
    pub digest: String,
    pub skills: Vec<String>,
    pub agents: Vec<String>,
    /// What stands for it in `marketplace.json`.
    pub entry: Value,
}

/// Where the files of a repository are read from.
#[derive(Debug)]
pub struct Origin {
    root: PathBuf,
    git: Option<(Repository, String, Head)>,
    entries: Vec<Entry>,
    /// The stored bytes of each file and link of the commit.
    blobs: BTreeMap<String, Blob>,
}

impl Origin {
    /// The files of the repository at `root`: those of the current commit, or those on disk when git does not keep it. Refused
    /// while files differ from the commit.
    pub fn committed(root: &Path) -> Result<Self> {
        let root = here(root);
        let Some((repository, prefix)) = kept_by_git(&root)? else {
            return Self::on_disk(&root);
        };
        let own = joined(&prefix_or_root(&prefix), ".packwright/");
        let mut dirty = repository.uncommitted(&prefix)?;
        dirty.retain(|line| !line.contains(&format!("`{own}")));
        let head = repository.head()?;
        if !dirty.is_empty() || head.is_none() {
            let mut failure = Failure::user("there are changes that are not committed");
            let more = dirty.len().saturating_sub(20);
            for line in dirty.into_iter().take(20) {
                failure = failure.caused_by(line);
            }
            if more > 0 {
                failure = failure.caused_by(format!("and {more} more"));
            }
            return Err(failure.hint("commit or ignore them: what is published is what a commit holds"));
        }
        let Some(head) = head else {
            return Err(Failure::internal("a repository lost its commit"));
        };
        let mut entries = Vec::new();
        let mut blobs = BTreeMap::new();
        for file in repository.files(&head.commit, MOST_REPOSITORY_FILES)? {
            let Some(path) = super::tree::path_below(&file.path, &prefix_or_root(&prefix)) else {
                continue;
            };
            let kind = match file.kind {
                TreeKind::File { executable } => EntryKind::File {
                    bytes: repository.size(&file.blob)?,
                    executable,
                },
                TreeKind::Link => EntryKind::Link {
                    target: String::from_utf8_lossy(&repository.read(&file.blob)?)
                        .into_owned()
                        .into(),
                },
                TreeKind::Submodule => EntryKind::Other,
            };
            entries.push(Entry::new(path, kind));
            blobs.insert(path.to_owned(), file.blob);
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self {
            root,
            git: Some((repository, prefix, head)),
            entries,
            blobs,
        })
    }

    /// The files on disk, whatever git says.
    pub fn on_disk(root: &Path) -> Result<Self> {
        let root = here(root);
        let tree = files::walk(&root)?;
        if let Some((path, why)) = tree.unreadable.first() {
            return Err(Failure::user(format!("cannot read `{path}`")).caused_by(why.clone()));
        }
        Ok(Self {
            root,
            git: None,
            entries: tree.entries,
            blobs: BTreeMap::new(),
        })
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The commit the files are from.
    pub fn head(&self) -> Option<&Head> {
        self.git.as_ref().map(|(_, _, head)| head)
    }

    /// Who git says is at work here.
    pub fn identity(&self) -> Option<Identity> {
        self.git
            .as_ref()
            .and_then(|(repository, _, _)| repository.identity())
    }

    /// The bytes of one file.
    pub fn read(&self, path: &str) -> Result<Vec<u8>> {
        let Some((repository, _, _)) = &self.git else {
            return files::read(&self.root.join(path));
        };
        match self.blobs.get(path) {
            Some(blob) => repository.read(blob),
            None => Err(Failure::internal(format!("`{path}` is not in the listing"))),
        }
    }

    /// The bytes of one file, or nothing when it is not there.
    pub fn read_if_present(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let is_file = |entry: &Entry| entry.path == path && matches!(entry.kind, EntryKind::File { .. });
        self.entries
            .iter()
            .any(is_file)
            .then(|| self.read(path))
            .transpose()
    }
}

fn here(root: &Path) -> PathBuf {
    if root == Path::new("") {
        PathBuf::from(".")
    } else {
        root.to_path_buf()
    }
}

fn prefix_or_root(prefix: &str) -> String {
    if prefix.is_empty() {
        ".".to_owned()
    } else {
        prefix.to_owned()
    }
}

/// The repository that keeps `root` and the path of `root` in it; nothing when no repository does, or one that ignores it.
fn kept_by_git(root: &Path) -> Result<Option<(Repository, String)>> {
    let Some(repository) = Repository::discover(root)? else {
        return Ok(None);
    };
    Ok(repository
        .prefix_of(root)
        .filter(|prefix| !repository.ignores(prefix))
        .map(|prefix| (repository, prefix)))
}

/// Fails with everything that keeps the settings from becoming manifests.
pub fn check(settings: &Settings) -> Result<&crate::config::Marketplace> {
    let Some(marketplace) = &settings.marketplace else {
        return Err(Failure::config("`packwright.toml` describes no marketplace")
            .hint("run `packwright marketplace init` in the folder of your skills"));
    };
    if settings.pack.is_empty() {
        return Err(Failure::config("`packwright.toml` describes no pack")
            .hint("add a `[[pack]]` with `name` and `version`, or run `packwright marketplace init`"));
    }
    all(
        "`packwright.toml` describes no marketplace that clients accept",
        manifest::faults(settings),
    )
    .map(|()| marketplace)
    .map_err(|mut failure| {
        failure.kind = crate::failure::Kind::Config;
        failure
    })
}

/// One failure out of many faults; none when there are none.
pub fn all(headline: &str, faults: Vec<String>) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    let more = faults.len().saturating_sub(20);
    let mut failure = Failure::user(headline);
    for fault in faults.into_iter().take(20) {
        failure = failure.caused_by(fault);
    }
    Err(if more > 0 {
        failure.caused_by(format!("and {more} more"))
    } else {
        failure
    })
}

/// Reads the packs called `names`, or all of them when there are no names, in the order of the settings.
pub fn read(origin: &Origin, settings: &Settings, names: &[String]) -> Result<Vec<LocalPack>> {
    let owner = &check(settings)?.owner;
    for name in names {
        if !settings.pack.iter().any(|pack| pack.name == *name) {
            let known = || settings.pack.iter().map(|pack| pack.name.as_str());
            let failure = Failure::user(format!("there is no pack `{name}` in `packwright.toml`"));
            return Err(match nearest(name, known()) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint(format!("known here: {}", known().collect::<Vec<_>>().join(", "))),
            });
        }
    }
    let wanted = |name: &String| names.is_empty() || names.contains(name);
    let mut packs = Vec::new();
    for pack in settings.pack.iter().filter(|pack| wanted(&pack.name)) {
        let folder = manifest::pack_folder(&pack.path).map_err(Failure::config)?;
        let (shipped, faults) = shipping::select(origin.entries(), &folder);
        all(&format!("pack `{}` cannot ship as it stands", pack.name), faults).map_err(|failure| {
            failure.hint("take the files out of the pack: delete them, move them, or have git ignore them")
        })?;
        let paths = || shipped.iter().map(|file: &Shipped| file.path.as_str());
        let (skills, agents) = (shipping::skills(paths()), shipping::agents(paths()));
        if skills.is_empty() && agents.is_empty() {
            return Err(
                Failure::user(format!("pack `{}` holds neither a skill nor an agent", pack.name))
                    .caused_by(format!(
                        "looked for `{}` and `{}`",
                        joined(&folder, "skills/*/SKILL.md"),
                        joined(&folder, "agents/*.md")
                    ))
                    .hint(
                        "`packwright skill new NAME` makes a skill; `path` of the pack says where it looks",
                    ),
            );
        }
        let mut files = vec![File {
            path: PLUGIN_MANIFEST.to_owned(),
            executable: false,
            contents: manifest::plugin(pack, owner),
        }];
        for file in &shipped {
            files.push(File {
                path: file.path.clone(),
                executable: file.executable,
                contents: origin.read(&file.from)?,
            });
        }
        files.sort();
        packs.push(LocalPack {
            name: pack.name.clone(),
            version: Version::parse(&pack.version).map_err(|error| {
                Failure::config(format!("pack `{}` has no version", pack.name)).because(&error)
            })?,
            digest: digest::of_tree(&files),
            entry: manifest::entry(pack, owner, &folder, &skills),
            folder,
            files,
            skills,
            agents,
        });
    }
    Ok(packs)
}

/// The documents at the root that go with the marketplace.
pub fn documents(origin: &Origin) -> Result<Vec<File>> {
    let mut documents = Vec::new();
    for entry in origin.entries() {
        if let EntryKind::File { executable, .. } = entry.kind
            && shipping::is_root_document(&entry.path)
        {
            documents.push(File {
                path: entry.path.clone(),
                executable,
                contents: origin.read(&entry.path)?,
            });
        }
    }
    Ok(documents)
}

/// Every manifest of the repository with its path and bytes, as it should be on disk.
pub fn manifests(settings: &Settings, packs: &[LocalPack]) -> Result<Vec<(String, Vec<u8>)>> {
    let entries: Vec<Value> = packs.iter().map(|pack| pack.entry.clone()).collect();
    let mut manifests = vec![(
        MARKETPLACE_MANIFEST.to_owned(),
        manifest::marketplace(check(settings)?, &entries),
    )];
    for pack in packs {
        let built = pack.files.iter().find(|file| file.path == PLUGIN_MANIFEST);
        if let Some(built) = built {
            manifests.push((joined(&pack.folder, PLUGIN_MANIFEST), built.contents.clone()));
        }
    }
    Ok(manifests)
}
