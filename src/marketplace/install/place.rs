//! Where the parts of a pack go, and what stands there now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::failure::Result;
use crate::io::files::{self, EntryKind};
use crate::io::placement::{Content, PlacedFile, Step};
use crate::skill::clients::CANONICAL;
use crate::skill::link;
use crate::text::slashed;

use super::super::index::stamp;
use super::super::lock::{LockedPack, Mode, Source};
use super::super::shipping::forbidden;
use super::super::tree::File;
use super::{Changed, Into, Offered, Request, mode_of};

/// Where Claude Code reads agents.
const AGENTS: &str = ".claude/agents";

/// The client that reads agents from [`AGENTS`].
const AGENTS_CLIENT: &str = "claude-code";

/// One skill, agent or link at its place.
#[derive(Debug, Clone)]
pub struct Item {
    /// Path from the root.
    pub path: String,
    pub content: Content,
}

/// The folders of one installation.
#[derive(Debug)]
pub struct Folders {
    clients: Vec<String>,
    mode: Mode,
    /// Folders that get a copy of each skill.
    copies: BTreeSet<String>,
    /// Folders that get a link to the canonical one.
    links: BTreeSet<String>,
    agents: Option<&'static str>,
}

impl Folders {
    pub fn of(request: &Request) -> Result<Self> {
        let mode = mode_of(&request.into);
        let Into::Clients { names, .. } = &request.into else {
            return Ok(Self {
                clients: Vec::new(),
                mode,
                copies: BTreeSet::from(["skills".to_owned()]),
                links: BTreeSet::new(),
                agents: Some("agents"),
            });
        };
        let place = link::Place {
            root: request.root.clone(),
            global: false,
            folders: request.settings.link.folders.clone(),
        };
        let mut clients = match (names.as_slice(), request.settings.link.to.as_slice()) {
            ([], []) => place.detect(),
            ([], settings) => settings.to_vec(),
            (names, _) => names.to_vec(),
        };
        clients.sort();
        clients.dedup();
        let mut folders = BTreeSet::new();
        for client in &clients {
            folders.insert(place.folder(client)?);
        }
        let (copies, links) = match mode {
            Mode::Copy => (folders, BTreeSet::new()),
            Mode::Link => {
                folders.retain(|folder| !is_canonical(&request.root, folder));
                (BTreeSet::from([CANONICAL.to_owned()]), folders)
            }
        };
        let agents = clients
            .iter()
            .any(|client| client == AGENTS_CLIENT)
            .then_some(AGENTS);
        Ok(Self {
            clients,
            mode,
            copies,
            links,
            agents,
        })
    }

    /// The parts of a pack at their places, and the agents that have none.
    pub fn items(&self, pack: &Offered) -> (Vec<Item>, Vec<String>) {
        let mut items = Vec::new();
        for (name, files) in &pack.skills {
            for folder in &self.copies {
                items.push(Item {
                    path: format!("{folder}/{name}"),
                    content: Content::Folder(files.iter().map(placed).collect()),
                });
            }
            for folder in &self.links {
                let path = format!("{folder}/{name}");
                let target = link::relative_path(Path::new(&path), &Path::new(CANONICAL).join(name));
                items.push(Item {
                    path,
                    content: Content::Link(target),
                });
            }
        }
        let Some(folder) = self.agents else {
            return (items, pack.agents.iter().map(|(name, _)| name.clone()).collect());
        };
        for (name, file) in &pack.agents {
            items.push(Item {
                path: format!("{folder}/{name}.md"),
                content: Content::File {
                    executable: file.executable,
                    contents: file.contents.clone(),
                },
            });
        }
        (items, Vec::new())
    }

    /// The entry of the lock file for a pack installed as `items`.
    pub fn locked(&self, pack: &Offered, items: &[Item], source: Source) -> LockedPack {
        let mut locked = LockedPack {
            name: pack.name.clone(),
            version: pack.version.to_string(),
            digest: pack.digest.clone(),
            mode: self.mode,
            targets: self.clients.clone(),
            source,
            skills: BTreeMap::new(),
            agents: BTreeMap::new(),
            links: BTreeMap::new(),
        };
        for item in items {
            let path = item.path.clone();
            match &item.content {
                Content::Folder(files) => drop(locked.skills.insert(path, stamps(files))),
                Content::File { executable, contents } => {
                    drop(locked.agents.insert(path, stamp_of(*executable, contents)));
                }
                Content::Link(target) => drop(locked.links.insert(path, slashed(target))),
                Content::Nothing => {}
            }
        }
        locked
    }
}

/// Whether `folder` is the canonical one, by name or through a link.
fn is_canonical(root: &Path, folder: &str) -> bool {
    let real = |folder: &str| files::canonical(&root.join(folder)).ok();
    folder == CANONICAL || real(folder).is_some_and(|folder| real(CANONICAL) == Some(folder))
}

fn placed(file: &File) -> PlacedFile {
    PlacedFile {
        path: file.path.clone(),
        executable: file.executable,
        contents: file.contents.clone(),
    }
}

fn stamp_of(executable: bool, contents: &[u8]) -> String {
    stamp(&File {
        path: String::new(),
        executable,
        contents: contents.to_vec(),
    })
}

fn stamps(files: &[PlacedFile]) -> BTreeMap<String, String> {
    let stamps = files
        .iter()
        .map(|file| (file.path.clone(), stamp_of(file.executable, &file.contents)));
    stamps.collect()
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    Nothing,
    /// The stamps of the files in a folder.
    Folder(BTreeMap<String, String>),
    /// The stamp of a file.
    File(String),
    /// The text of a link.
    Link(String),
}

/// Looks at a place. What systems and interpreters leave behind in a folder is passed over unless `expected` has it.
fn look(path: &Path, expected: &[&Found]) -> Result<Found> {
    if let Some(target) = files::link_target(path) {
        return Ok(Found::Link(slashed(&target)));
    }
    if !files::exists(path) {
        return Ok(Found::Nothing);
    }
    if !files::is_folder(path) {
        let executable = files::is_executable_file(path);
        return Ok(Found::File(stamp_of(executable, &files::read(path)?)));
    }
    let is_expected = |path: &str| {
        let mut folders = expected.iter().filter_map(|found| match found {
            Found::Folder(files) => Some(files),
            _ => None,
        });
        folders.any(|files| files.contains_key(path))
    };
    let mut found = BTreeMap::new();
    for entry in files::walk_everything(path)?.entries {
        match entry.kind {
            EntryKind::Folder => {}
            _ if is_rubbish(&entry.path) && !is_expected(&entry.path) => {}
            EntryKind::File { executable, .. } => {
                let contents = files::read(&path.join(&entry.path))?;
                found.insert(entry.path, stamp_of(executable, &contents));
            }
            EntryKind::Link { .. } | EntryKind::Other => drop(found.insert(entry.path, "no file".to_owned())),
        }
    }
    Ok(Found::Folder(found))
}

fn is_rubbish(path: &str) -> bool {
    forbidden(path)
        .is_some_and(|why| why.starts_with("rubbish") || ["build output", "dependencies"].contains(&why))
}

/// What the lock file says stands at a place.
fn recorded(pack: &LockedPack, path: &str) -> Found {
    if let Some(files) = pack.skills.get(path) {
        return Found::Folder(files.clone());
    }
    if let Some(stamp) = pack.agents.get(path) {
        return Found::File(stamp.clone());
    }
    pack.links
        .get(path)
        .map_or(Found::Nothing, |target| Found::Link(target.clone()))
}

/// In words, what of `found` would be lost when it gave way to anything else, given what packwright knows to have written.
fn losses(path: &str, found: &Found, recorded: &Found) -> Vec<String> {
    match (found, recorded) {
        (Found::Nothing, _) => Vec::new(),
        (found, recorded) if found == recorded => Vec::new(),
        (Found::Folder(found), Found::Folder(recorded)) => found
            .iter()
            .filter_map(|(file, stamp)| match recorded.get(file) {
                None => Some(format!("`{path}/{file}` was added since it was installed")),
                Some(known) if known != stamp => {
                    Some(format!("`{path}/{file}` was changed since it was installed"))
                }
                Some(_) => None,
            })
            .collect(),
        (_, Found::Nothing) => vec![format!("`{path}` is there and packwright did not install it")],
        _ => vec![format!("`{path}` was changed since it was installed")],
    }
}

/// What is to be done, and what speaks against it.
#[derive(Debug, Default)]
pub struct Decision {
    pub steps: Vec<Step>,
    pub changes: Vec<Changed>,
    /// What the user would lose, in words.
    pub losses: Vec<String>,
}

impl Decision {
    /// Decides about one place of a pack; `before` is the pack as it was installed.
    pub fn put(&mut self, root: &Path, item: Item, before: Option<&LockedPack>) -> Result<()> {
        let wanted = match &item.content {
            Content::Folder(files) => Found::Folder(stamps(files)),
            Content::File { executable, contents } => Found::File(stamp_of(*executable, contents)),
            Content::Link(target) => Found::Link(slashed(target)),
            Content::Nothing => Found::Nothing,
        };
        let known = before.map_or(Found::Nothing, |before| recorded(before, &item.path));
        let found = look(&root.join(&item.path), &[&wanted, &known])?;
        if found == wanted {
            return Ok(());
        }
        self.losses.extend(losses(&item.path, &found, &known));
        let verb = match (&found, &item.content) {
            (_, Content::Link(_)) => "link",
            (Found::Nothing, _) => "create",
            _ => "replace",
        };
        let files = match &item.content {
            Content::Folder(files) => files.iter().map(|file| file.path.clone()).collect(),
            _ => Vec::new(),
        };
        self.step(verb, &item.path, files, item.content);
        Ok(())
    }

    /// Decides about the places of the installed version that the new one does not have.
    pub fn remove_outdated(&mut self, root: &Path, before: &LockedPack, after: &LockedPack) -> Result<()> {
        let kept: BTreeSet<&str> = after.places().collect();
        for path in before.places().filter(|path| !kept.contains(path)) {
            let known = recorded(before, path);
            let found = look(&root.join(path), &[&known])?;
            if found != Found::Nothing {
                self.losses.extend(losses(path, &found, &known));
                self.step("remove", path, Vec::new(), Content::Nothing);
            }
        }
        Ok(())
    }

    /// Adds a step.
    pub fn step(&mut self, verb: &'static str, path: &str, files: Vec<String>, content: Content) {
        let path = path.to_owned();
        self.steps.push(Step {
            path: PathBuf::from(&path),
            content,
        });
        self.changes.push(Changed { verb, path, files });
    }
}

/// Where the disk is not as the lock file says, in words.
pub fn differences(root: &Path, pack: &LockedPack) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for path in pack.places() {
        let known = recorded(pack, path);
        if look(&root.join(path), &[&known])? != known {
            wrong.push(format!("`{path}` is not what was installed"));
        }
    }
    Ok(wrong)
}
