//! `marketplace install`: packs of a marketplace into the folders where clients look, written down in the lock file.
//!
//! Everything is read, checked and compared with the disk first ([`prepare`]); then all of it is put in place together
//! ([`Installation::carry_out`]). What the user changed is never written over without being told to.

mod from_folder;
mod from_git;
mod offer;
mod place;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::Settings;
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::io::placement::{self, Content, Step, Workplace};
use crate::skill::link;
use crate::text::{nearest, slashed};

use super::lock::{self, Lock, LockedPack, Mode, Source};

pub use offer::{Offered, Place, Wanted};
use place::{Decision, Folders};

/// What is to be installed, from where, and into what.
#[derive(Debug, Clone)]
pub struct Request {
    /// The folder that holds the lock file and what is installed.
    pub root: PathBuf,
    pub settings: Settings,
    /// Packs by name; all there are when nothing.
    pub packs: Option<Vec<Wanted>>,
    /// Address or folder; where the lock file says when nothing.
    pub from: Option<String>,
    pub into: Into,
    /// Install exactly what the lock file says, or fail.
    pub frozen: bool,
    /// Write over what was changed or is someone else's.
    pub force: bool,
}

/// Which folders skills and agents go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Into {
    /// Those of clients, by name; of the settings or of those in use here when there are none.
    Clients { names: Vec<String>, copy: bool },
    /// `skills/` and `agents/` of the root itself.
    Root,
}

/// What happened to a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Installed,
    /// Another version was there.
    Updated,
    /// This version was there and something of it was missing or is wanted elsewhere.
    Restored,
    Unchanged,
}

/// One pack of an installation.
#[derive(Debug, Clone)]
pub struct InstalledPack {
    pub status: Status,
    /// The version that was there before.
    pub before: Option<String>,
    pub locked: LockedPack,
    /// Agents of the pack that no client it is installed for reads.
    pub left_out: Vec<String>,
}

/// A path that changes, and how: `create`, `replace`, `link` or `remove`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub verb: &'static str,
    pub path: String,
    /// Files in it, for a folder.
    pub files: Vec<String>,
}

/// An installation that was decided and not yet carried out.
#[derive(Debug)]
pub struct Installation {
    pub packs: Vec<InstalledPack>,
    pub changes: Vec<Changed>,
    root: PathBuf,
    steps: Vec<Step>,
    workplace: Workplace,
}

impl Installation {
    /// Puts everything in place, all of it or nothing, and reads it back.
    pub fn carry_out(&self) -> Result<()> {
        placement::place(&self.root, &self.workplace, &self.steps)?;
        for pack in &self.packs {
            let wrong = place::differences(&self.root, &pack.locked)?;
            if !wrong.is_empty() {
                let headline = format!("`{}` is not on disk as it was written", pack.locked.name);
                return super::packs::all(&headline, wrong);
            }
        }
        Ok(())
    }
}

/// Reads, checks and decides everything; changes nothing outside packwright's own scratch folder.
pub fn prepare(request: &Request) -> Result<Installation> {
    let (lock_bytes, old) = read_lock(&request.root)?;
    if request.frozen && lock_bytes.is_none() {
        return Err(Failure::user(format!("there is no `{}` here", lock::FILE_NAME))
            .hint("`--frozen` installs what a lock file says; install without it once, and keep the file"));
    }
    let workplace = Workplace::claim(&request.root.join(".packwright/install"))?;
    let offered = offers(request, &old, workplace.scratch())?;
    let folders = Folders::of(request)?;
    let mut new = old.clone();
    let mut packs = Vec::new();
    let mut decision = Decision::default();
    let mut taken = BTreeMap::new();
    for pack in &offered {
        let before = old.get(&pack.name);
        same_version_same_bytes(before, pack, request)?;
        let (items, left_out) = folders.items(pack);
        claim_places(pack, &items, &old, &mut taken)?;
        let locked = folders.locked(pack, &items, portable(&pack.source, &request.root));
        if request.frozen {
            frozen(before, &locked)?;
        }
        let steps = decision.steps.len();
        for item in items {
            decision.put(&request.root, item, before)?;
        }
        if let Some(before) = before {
            decision.remove_outdated(&request.root, before, &locked)?;
        }
        let status = match before {
            None => Status::Installed,
            Some(before) if before.version != locked.version => Status::Updated,
            Some(_) if decision.steps.len() > steps => Status::Restored,
            Some(_) => Status::Unchanged,
        };
        // Where nothing changed the entry stays as it is, wherever the pack came from this time.
        let locked = match before {
            Some(before) if same_installation(before, &locked) => before.clone(),
            _ => locked,
        };
        new.put(locked.clone());
        packs.push(InstalledPack {
            status,
            before: before.map(|before| before.version.clone()),
            locked,
            left_out,
        });
    }
    if !request.force {
        super::packs::all("what is on disk would be lost", decision.losses).map_err(|failure| {
            failure.hint("save your changes elsewhere, or write over them with `--force`")
        })?;
        decision.losses = Vec::new();
    }
    if new != old || lock_bytes.is_none() {
        let contents = new
            .bytes()
            .map_err(|why| Failure::internal("the lock file cannot be written").caused_by(why))?;
        let verb = if lock_bytes.is_none() { "create" } else { "replace" };
        let executable = false;
        decision.step(
            verb,
            lock::FILE_NAME,
            Vec::new(),
            Content::File { executable, contents },
        );
    }
    Ok(Installation {
        packs,
        changes: decision.changes,
        root: request.root.clone(),
        steps: decision.steps,
        workplace,
    })
}

/// Notes the places of a pack; fails when another one, of this installation or an earlier one, has one of them.
fn claim_places(
    pack: &Offered,
    items: &[place::Item],
    installed: &Lock,
    taken: &mut BTreeMap<String, String>,
) -> Result<()> {
    for item in items {
        if let Some(other) = taken.insert(item.path.clone(), pack.name.clone()) {
            return Err(Failure::user(format!(
                "packs `{other}` and `{}` both hold `{}`",
                pack.name, item.path
            ))
            .hint("install one of them, or the other into another folder with `--dir`"));
        }
        let owner = installed
            .owner_of(&item.path)
            .filter(|owner| owner.name != pack.name);
        if let Some(owner) = owner {
            return Err(Failure::user(format!(
                "`{}` belongs to the installed pack `{}`",
                item.path, owner.name
            ))
            .hint(format!(
                "install `{}` into another folder with `--dir`",
                pack.name
            )));
        }
    }
    Ok(())
}

fn read_lock(root: &Path) -> Result<(Option<Vec<u8>>, Lock)> {
    let path = root.join(lock::FILE_NAME);
    let Some(bytes) = files::read_if_present(&path)? else {
        return Ok((None, Lock::default()));
    };
    let lock = Lock::read(&bytes).map_err(|why| {
        Failure::user(format!("`{}` cannot be read", slashed(&path)))
            .caused_by(why)
            .hint("restore it from version control, or use the packwright that wrote it; it is never written over")
    })?;
    Ok((Some(bytes), lock))
}

/// Reads the wanted packs; all there are when `wanted` is nothing. `scratch` is an empty folder to fetch into.
fn read(place: &Place, wanted: Option<&[Wanted]>, scratch: &Path) -> Result<Vec<Offered>> {
    match place {
        Place::Git(remote) => from_git::read(remote, wanted, scratch),
        Place::Folder(folder) => from_folder::read(folder, wanted),
    }
}

/// The packs that are asked for, in the order of their names.
fn offers(request: &Request, lock: &Lock, scratch: &Path) -> Result<Vec<Offered>> {
    let mut offered = Vec::new();
    if let Some(from) = &request.from {
        let place = Place::parse(from)?;
        let pinned = request.frozen.then(|| pinned(request, lock)).transpose()?;
        let wanted = pinned.as_deref().or(request.packs.as_deref());
        offered = read(&place, wanted, &scratch.join("from"))?;
    } else {
        // Packs of one source are read together.
        let mut places: BTreeMap<String, Vec<Wanted>> = BTreeMap::new();
        let wanted = match &request.packs {
            Some(packs) if !request.frozen => packs.clone(),
            _ => pinned(request, lock)?,
        };
        for pack in wanted {
            let from = match &known(lock, &pack.name)?.source {
                Source::Git { url, .. } => near(&request.root, url),
                Source::Folder { path } => near(&request.root, path),
            };
            places.entry(from).or_default().push(pack);
        }
        for (at, (from, wanted)) in places.iter().enumerate() {
            let place = Place::parse(from)?;
            offered.extend(read(&place, Some(wanted), &scratch.join(format!("from-{at}")))?);
        }
    }
    offered.sort_by(|a, b| a.name.cmp(&b.name));
    for pair in offered.windows(2) {
        if pair[0].name == pair[1].name {
            return Err(Failure::user(format!("`{}` is asked for twice", pair[0].name)));
        }
    }
    Ok(offered)
}

fn known<'a>(lock: &'a Lock, name: &str) -> Result<&'a LockedPack> {
    lock.get(name).ok_or_else(|| {
        let failure = Failure::user(format!("`{name}` is not in `{}`", lock::FILE_NAME));
        match nearest(name, lock.packs().map(|pack| pack.name.as_str())) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint("say where it comes from with `--from URL|DIR`"),
        }
    })
}

/// The packs that are asked for, in the versions of the lock file.
fn pinned(request: &Request, lock: &Lock) -> Result<Vec<Wanted>> {
    let asked = request.packs.clone().unwrap_or_else(|| {
        let names = lock.packs().map(|pack| pack.name.clone());
        names.map(|name| Wanted { name, version: None }).collect()
    });
    let mut pinned = Vec::new();
    for pack in asked {
        let locked = known(lock, &pack.name)?;
        let version = semver::Version::parse(&locked.version).map_err(|error| {
            Failure::user(format!(
                "`{}` names no version of `{}`",
                lock::FILE_NAME,
                pack.name
            ))
            .because(&error)
        })?;
        if pack.version.as_ref().is_some_and(|asked| *asked != version) {
            return Err(Failure::user(format!("`{}` is locked at {version}", pack.name))
                .hint("leave out `--frozen` to install another version"));
        }
        // A version that was made up for a pack without one leads to no tag.
        let version = version.build.is_empty().then_some(version);
        pinned.push(Wanted {
            name: pack.name,
            version,
        });
    }
    Ok(pinned)
}

/// A source path as seen from the working folder: those of the lock file are relative to it.
fn near(root: &Path, path: &str) -> String {
    let is_relative = !crate::io::git::Remote::looks_like_url(path) && Path::new(path).is_relative();
    if is_relative {
        slashed(&root.join(path))
    } else {
        path.to_owned()
    }
}

/// The source as the lock file has it: a folder of this machine relative to the lock file, where they share more than the root.
fn portable(source: &Source, root: &Path) -> Source {
    let relative = |path: &str| -> Option<String> {
        let root = files::canonical(if root == Path::new("") {
            Path::new(".")
        } else {
            root
        })
        .ok()?;
        let path = files::canonical(Path::new(path)).ok()?;
        let shared = root
            .components()
            .zip(path.components())
            .take_while(|(a, b)| a == b)
            .count();
        if shared < 2 {
            return Some(slashed(&path));
        }
        let relative = slashed(&link::relative_path(&root.join("x"), &path));
        Some(if relative.is_empty() {
            ".".to_owned()
        } else {
            relative
        })
    };
    match source {
        Source::Git { url, commit, tag } => Source::Git {
            url: Some(url.as_str())
                .filter(|url| !crate::io::git::Remote::looks_like_url(url))
                .and_then(relative)
                .unwrap_or_else(|| url.clone()),
            commit: commit.clone(),
            tag: tag.clone(),
        },
        Source::Folder { path } => Source::Folder {
            path: relative(path).unwrap_or_else(|| path.clone()),
        },
    }
}

/// A published version stays as it is; one that does not is not installed.
fn same_version_same_bytes(before: Option<&LockedPack>, pack: &Offered, request: &Request) -> Result<()> {
    let moved =
        before.filter(|before| before.version == pack.version.to_string() && before.digest != pack.digest);
    match moved {
        Some(before) if !request.force || request.frozen => Err(Failure::user(format!(
            "`{}` {} is not the one that was installed before: its content is another",
            pack.name, pack.version
        ))
        .caused_by(format!("the lock file has `{}`, the marketplace `{}`", before.digest, pack.digest))
        .hint("a published version should never change: ask whoever publishes it; `--force` takes the new content")),
        _ => Ok(()),
    }
}

fn frozen(before: Option<&LockedPack>, locked: &LockedPack) -> Result<()> {
    let differs = match before {
        None => Some("it is not in the lock file".to_owned()),
        Some(before) if before.version != locked.version => Some(format!(
            "the lock file has version {}, the marketplace {}",
            before.version, locked.version
        )),
        Some(before) if before.digest != locked.digest => Some(format!(
            "the lock file has `{}`, the marketplace `{}`",
            before.digest, locked.digest
        )),
        Some(before) if !same_installation(before, locked) => {
            Some("the lock file has other clients or another way to install it".to_owned())
        }
        Some(_) => None,
    };
    match differs {
        None => Ok(()),
        Some(why) => Err(
            Failure::user(format!("`{}` is not what the lock file says", locked.name))
                .caused_by(why)
                .hint("install without `--frozen` to change the lock file"),
        ),
    }
}

/// Whether two entries install the same files at the same places, whatever the source.
fn same_installation(a: &LockedPack, b: &LockedPack) -> bool {
    let with_source_of_a = LockedPack {
        source: a.source.clone(),
        ..b.clone()
    };
    *a == with_source_of_a
}

/// `Mode` in force for a way to install.
fn mode_of(into: &Into) -> Mode {
    match into {
        Into::Clients { copy: false, .. } => Mode::Link,
        Into::Clients { copy: true, .. } | Into::Root => Mode::Copy,
    }
}
