//! `marketplace publish`: the packs of a repository to a git repository or a folder that clients install from.
//!
//! Everything is decided first ([`Publication::prepare`]), shown, and then happens in one step ([`Publication::carry_out`]): one
//! atomic push, or one swap of folders.

mod gate;
mod to_folder;
mod to_git;

use std::path::{Path, PathBuf};

use semver::Version;
use serde_json::Value;

use crate::config::Settings;
use crate::failure::{Failure, Result};
use crate::io::git::{Identity, Remote, Repository, redacted};
use crate::io::{clock, files};
use crate::text::slashed;

use super::found::{self, Found};
use super::manifest;
use super::packs::{self, LocalPack, Origin};
use super::shipping::{MARKETPLACE_MANIFEST, is_root_document, ships};
use super::tree::{File, joined};
use super::version::{self, Verdict};
use super::{digest, index};

pub use gate::lint_gate;

/// What is to be published, and where.
#[derive(Debug, Clone)]
pub struct Request {
    /// Folder of `packwright.toml`.
    pub root: PathBuf,
    pub settings: Settings,
    /// Names of packs; all of them when there are none.
    pub packs: Vec<String>,
    /// Address or folder.
    pub to: String,
    /// Who publishes, where the environment says so.
    pub identity: Option<Identity>,
}

/// Where a publication goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    Git(Remote),
    Folder(PathBuf),
}

impl Destination {
    /// An address, a bare repository, or a folder.
    pub fn parse(text: &str) -> Result<Self> {
        if Remote::looks_like_url(text) {
            return Remote::parse(text).map(Self::Git);
        }
        let path = Path::new(text);
        if text.is_empty() || text.starts_with('-') {
            return Err(Failure::user(format!(
                "`{text}` is neither an address nor a folder"
            )));
        }
        if !Repository::is_at(path) {
            return Ok(Self::Folder(path.to_path_buf()));
        }
        if Repository::open(path)?.is_bare() {
            return Remote::parse(text).map(Self::Git);
        }
        Err(Failure::user(format!("`{}` is a repository with files checked out", slashed(path)))
            .hint("publish to a bare repository (`git init --bare`), to the address of a hosted one, or to a plain folder"))
    }

    /// For people, without passwords.
    pub fn shown(&self) -> String {
        match self {
            Self::Git(remote) => remote.shown(),
            Self::Folder(folder) => slashed(folder),
        }
    }
}

/// One pack of a publication.
#[derive(Debug, Clone)]
pub struct PublishedPack {
    pub name: String,
    pub version: Version,
    pub digest: String,
    /// Whether the same version with the same content was there already.
    pub already: bool,
    pub tag: String,
}

/// One file of a publication.
#[derive(Debug, Clone)]
pub struct PublishedFile {
    /// Path in the published tree.
    pub path: String,
    /// The pack it belongs to; nothing for the marketplace's own.
    pub pack: Option<String>,
    pub bytes: u64,
    pub sha256: String,
    pub executable: bool,
}

/// What was decided.
#[derive(Debug, Clone)]
pub struct Outline {
    pub to: String,
    pub packs: Vec<PublishedPack>,
    /// Every file that is sent, ordered by path.
    pub files: Vec<PublishedFile>,
    /// The commit that the files are from.
    pub source_commit: Option<String>,
    /// The commit and branch that are pushed, for git.
    pub commit: Option<String>,
    pub branch: Option<String>,
    /// Whether the place holds all of it already.
    pub nothing_to_do: bool,
}

/// What the packs are and what goes with them: the same whatever the destination.
#[derive(Debug)]
struct Content {
    marketplace: crate::config::Marketplace,
    packs: Vec<LocalPack>,
    documents: Vec<File>,
    source_commit: Option<String>,
    /// Time of the source commit, so that the same source gives the same publication; now where there is none.
    seconds: i64,
    identity: Identity,
}

impl Content {
    fn read(request: &Request) -> Result<Self> {
        let marketplace = packs::check(&request.settings)?.clone();
        let origin = Origin::committed(&request.root)?;
        let packs = packs::read(&origin, &request.settings, &request.packs)?;
        fresh_manifests(&origin, request, &packs)?;
        lint_gate(&request.settings, &packs)?;
        let identity = request.identity.clone().or_else(|| origin.identity());
        let owner = &marketplace.owner;
        Ok(Self {
            identity: identity.unwrap_or_else(|| Identity {
                name: owner.name.clone(),
                email: owner
                    .email
                    .clone()
                    .unwrap_or_else(|| "packwright@localhost".to_owned()),
            }),
            documents: packs::documents(&origin)?,
            source_commit: origin.head().map(|head| head.commit.clone()),
            seconds: origin.head().map_or_else(
                || i64::try_from(clock::now().as_secs()).unwrap_or_default(),
                |head| head.seconds,
            ),
            packs,
            marketplace,
        })
    }

    /// The files that are written, with the pack each belongs to: the manifest of the marketplace merged with what is published,
    /// the documents, the packs.
    fn files(&self, published: Option<&Found>) -> Vec<(Option<String>, File)> {
        let ours: Vec<(String, String, Value)> = self
            .packs
            .iter()
            .map(|pack| (pack.name.clone(), pack.folder.clone(), pack.entry.clone()))
            .collect();
        let entries = found::merged(published.map_or(&[][..], |found| &found.plugins), &ours);
        let mut files = vec![(
            None,
            File {
                path: MARKETPLACE_MANIFEST.to_owned(),
                executable: false,
                contents: manifest::marketplace(&self.marketplace, &entries),
            },
        )];
        files.extend(self.documents.iter().map(|document| (None, document.clone())));
        for pack in &self.packs {
            files.extend(pack.files.iter().map(|file| {
                let path = joined(&pack.folder, &file.path);
                (Some(pack.name.clone()), File { path, ..file.clone() })
            }));
        }
        files.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
        files
    }

    /// Whether a file that is published now gives way to this publication.
    fn replaces(&self, path: &str) -> bool {
        path == MARKETPLACE_MANIFEST
            || path == index::FILE_NAME
            || is_root_document(path)
            || self.packs.iter().any(|pack| ships(&pack.folder, path))
    }

    /// Refuses to publish over a marketplace of another name.
    fn check_name(&self, published: &Found, at: &str) -> Result<()> {
        if published.name == self.marketplace.name {
            return Ok(());
        }
        Err(Failure::user(format!(
            "`{at}` holds the marketplace `{}`, not `{}`",
            published.name, self.marketplace.name
        ))
        .hint("publish to another place, or give both the same name in `packwright.toml`"))
    }

    fn outline(&self, to: &Destination, verdicts: &[Verdict], files: &[(Option<String>, File)]) -> Outline {
        let packs = self
            .packs
            .iter()
            .zip(verdicts)
            .map(|(pack, verdict)| PublishedPack {
                name: pack.name.clone(),
                version: pack.version.clone(),
                digest: pack.digest.clone(),
                already: *verdict == Verdict::Published,
                tag: version::tag(&pack.name, &pack.version),
            });
        let files = files.iter().map(|(pack, file)| PublishedFile {
            path: file.path.clone(),
            pack: pack.clone(),
            bytes: file.contents.len() as u64,
            sha256: digest::of_bytes(&file.contents),
            executable: file.executable,
        });
        Outline {
            to: to.shown(),
            packs: packs.collect(),
            files: files.collect(),
            source_commit: self.source_commit.clone(),
            commit: None,
            branch: None,
            nothing_to_do: false,
        }
    }
}

/// The manifests in the repository say what the settings say, or are not there.
fn fresh_manifests(origin: &Origin, request: &Request, selected: &[LocalPack]) -> Result<()> {
    let every = if request.packs.is_empty() {
        selected.to_vec()
    } else {
        packs::read(origin, &request.settings, &[])?
    };
    let mut stale = Vec::new();
    for (path, bytes) in packs::manifests(&request.settings, &every)? {
        if origin.read_if_present(&path)?.is_some_and(|there| there != bytes) {
            stale.push(format!("`{path}` does not say what `packwright.toml` says"));
        }
    }
    packs::all("the manifests are stale", stale).map_err(|failure| {
        failure.hint("run `packwright marketplace build`, look at the change, and commit it")
    })
}

/// Refuses versions that are taken or behind. `changed` names the files that differ from what is published, for a pack that is
/// taken.
fn refuse_versions(
    content: &Content,
    verdicts: &[Verdict],
    to: &str,
    changed: impl Fn(&LocalPack) -> Vec<String>,
) -> Result<()> {
    for (pack, verdict) in content.packs.iter().zip(verdicts) {
        let (name, version) = (&pack.name, &pack.version);
        match verdict {
            Verdict::New | Verdict::Published => {}
            Verdict::Taken => {
                let next = version::next_patch(version);
                let mut failure = Failure::user(format!(
                    "`{name}` {version} is published in `{to}` with other content, and a published version stays as it is"
                ));
                let changed = changed(pack);
                let more = changed.len().saturating_sub(5);
                for line in changed.into_iter().take(5) {
                    failure = failure.caused_by(line);
                }
                if more > 0 {
                    failure = failure.caused_by(format!("and {more} more"));
                }
                return Err(failure.hint(format!(
                    "give `{name}` a new version in `packwright.toml`, such as `{next}`, then `packwright marketplace build` and commit"
                )));
            }
            Verdict::Behind { newest } => {
                return Err(Failure::user(format!(
                    "`{name}` {version} is older than {newest}, which `{to}` holds"
                ))
                .hint(format!(
                    "give `{name}` a version after {newest} in `packwright.toml`"
                )));
            }
        }
    }
    Ok(())
}

/// Where the files of a pack differ from those of the published one, in words.
fn differences(ours: &[File], published: &[File]) -> Vec<String> {
    let listed = index::Index::of(std::collections::BTreeMap::new(), published);
    listed.differences(ours)
}

/// How carrying out ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Ended {
    Done,
    /// Someone else was faster; deciding again may help.
    Overtaken(String),
}

/// A publication that was decided and not yet carried out.
#[derive(Debug)]
pub struct Publication {
    pub outline: Outline,
    action: Action,
}

#[derive(Debug)]
enum Action {
    Nothing,
    Push(to_git::Push),
    Swap(to_folder::Swap),
}

/// How often a publication is decided anew when someone else publishes at the same moment.
const ATTEMPTS: u32 = 5;

impl Publication {
    /// Reads, checks and decides everything; changes nothing outside packwright's own scratch folder.
    pub fn prepare(request: &Request) -> Result<Self> {
        let destination = Destination::parse(&request.to)?;
        let content = Content::read(request)?;
        match &destination {
            Destination::Git(remote) => to_git::prepare(&request.root, &content, remote),
            Destination::Folder(folder) => {
                let folder = to_folder::absolute(folder)?;
                refuse_own_folder(&request.root, &content, &folder)?;
                to_folder::prepare(&content, &folder)
            }
        }
    }

    /// Publishes: all of it or nothing. When someone else publishes at the same moment, everything is decided again.
    pub fn carry_out(self, request: &Request) -> Result<Outline> {
        let mut publication = self;
        let mut last = String::new();
        for attempt in 1..=ATTEMPTS {
            let ended = match &publication.action {
                Action::Nothing => Ended::Done,
                Action::Push(push) => push.carry_out()?,
                Action::Swap(swap) => swap.carry_out()?,
            };
            match ended {
                Ended::Done => return Ok(publication.outline),
                Ended::Overtaken(why) => last = why,
            }
            drop(publication);
            clock::wait(std::time::Duration::from_millis(100) * attempt);
            publication = Self::prepare(request)?;
        }
        Err(Failure::user(format!(
            "`{}` keeps changing while this publication is made",
            redacted(&request.to)
        ))
        .caused_by(last)
        .hint("run the command again; nothing was published"))
    }
}

/// Refuses a folder that the next publication would ship, or that holds the repository.
fn refuse_own_folder(root: &Path, content: &Content, folder: &Path) -> Result<()> {
    let root = if root == Path::new("") {
        Path::new(".")
    } else {
        root
    };
    let root = files::canonical(root)?;
    let inside = folder.strip_prefix(&root).ok().map(slashed);
    let shipped = inside.is_some_and(|inside| content.packs.iter().any(|pack| ships(&pack.folder, &inside)));
    if root.starts_with(folder) || shipped {
        return Err(
            Failure::user(format!("`{}` is part of what is published", slashed(folder)))
                .hint("publish to a folder of its own"),
        );
    }
    Ok(())
}
