//! The folder of backups: which there are, how a new one gets there whole, how an old one leaves.
//!
//! A backup is made as a draft, under a name that no reader looks at, with a lock beside it that ends with its process. Only when
//! every file is on the disk is it renamed. A draft whose lock is free was left behind by a process that was killed.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::io::lock::FileLock;
use crate::io::{clock, files, folders, hashed};
use crate::store::{Engine, Url};
use crate::text::slashed;

use super::manifest::{MANIFEST, Manifest, Origin, SEAL};

/// With this begin the names of drafts, and of what is being removed.
const DRAFT: &str = ".packwright-partial-";
const LOCK: &str = ".lock";
/// What stands in a lock.
const OURS: &str = "packwright db backup";
/// How long another run may take to give its backup a name.
const PATIENCE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(10);

/// A folder with backups.
#[derive(Debug, Clone)]
pub struct Shelf {
    pub folder: PathBuf,
}

/// A backup whose manifest could be read.
#[derive(Debug, Clone)]
pub struct Backup {
    pub folder: PathBuf,
    pub manifest: Manifest,
}

impl Backup {
    /// Reads the manifest in a folder.
    pub fn read(folder: &Path) -> Result<Self> {
        if !files::is_folder(folder) {
            return Err(Failure::user(format!("there is no backup `{}`", slashed(folder)))
                .hint("name the folder of a backup, or `latest`"));
        }
        let path = folder.join(MANIFEST);
        let bytes = files::read_if_present(&path)?.ok_or_else(|| {
            Failure::user(format!(
                "`{}` is no backup: it has no `{MANIFEST}`",
                slashed(folder)
            ))
        })?;
        let manifest = Manifest::parse(&bytes).map_err(|reason| {
            Failure::user(format!("`{}` cannot be read", slashed(&path))).caused_by(reason)
        })?;
        Ok(Self {
            folder: folder.to_path_buf(),
            manifest,
        })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Shelf {
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// What a manifest says of this database; the version of its server is added by who knows it.
    pub fn origin_of(&self, url: &Url) -> Origin {
        Origin {
            engine: url.engine().name().to_owned(),
            name: url.name(),
            place: match (url.engine(), url.file()) {
                (Engine::Sqlite, Some(file)) => place_of(file, &self.folder),
                _ => url.server().unwrap_or_default(),
            },
            server_version: String::new(),
            journal_mode: None,
        }
    }

    /// Every folder here that is a backup or was one, by name; those whose manifest cannot be read as failures.
    pub fn all(&self) -> Vec<(PathBuf, Result<Backup>)> {
        let mut names = files::names_in(&self.folder);
        names.retain(|name| !name.starts_with('.') && files::is_folder(&self.folder.join(name)));
        names.sort();
        let folders = names.into_iter().map(|name| self.folder.join(name));
        folders
            .filter(|folder| {
                let holds = |name| files::exists(&folder.join(name));
                holds(MANIFEST) || holds(SEAL) || is_named_like_one(folder)
            })
            .map(|folder| {
                let read = Backup::read(&folder);
                (folder, read)
            })
            .collect()
    }

    /// The backups of one database, newest first.
    pub fn of(&self, origin: &Origin) -> Vec<Backup> {
        let mut found: Vec<Backup> = self.all().into_iter().filter_map(|(_, read)| read.ok()).collect();
        found.retain(|backup| backup.manifest.database.is_same(origin));
        found.sort_by(|a, b| {
            let key = |backup: &Backup| (backup.manifest.taken_at_unix_ms, backup.manifest.id.clone());
            key(b).cmp(&key(a))
        });
        found
    }

    /// The folder of a backup by its name here, or by its path.
    pub fn named(&self, named: &str) -> PathBuf {
        let here = self.folder.join(named);
        let is_name = !named.contains(['/', '\\']) && !files::exists(Path::new(named));
        if is_name && files::exists(&here) {
            here
        } else {
            PathBuf::from(named)
        }
    }

    /// The folder of a backup: `latest`, the name of one here, or a path.
    pub fn find(&self, named: &str, url: &Url) -> Result<PathBuf> {
        if named != "latest" {
            return Ok(self.named(named));
        }
        if let Some(newest) = self.of(&self.origin_of(url)).into_iter().next() {
            return Ok(newest.folder);
        }
        let others: Vec<String> = self
            .all()
            .into_iter()
            .map(|(folder, _)| format!("`{}`", slashed(&folder)))
            .collect();
        let failure = Failure::user(format!(
            "there is no backup of `{url}` in `{}`",
            slashed(&self.folder)
        ));
        Err(match others.as_slice() {
            [] => failure
                .hint("make one with `packwright db backup`, or say where they are with `--from FOLDER`"),
            [.., newest] => failure.hint(format!(
                "there are {} of other databases: name one by its path, as in {newest}",
                others.len()
            )),
        })
    }

    /// Begins a backup, after removing what killed processes left behind.
    pub fn draft(&self, stamp: &str, process: u32) -> Result<Draft> {
        files::create_folder(&self.folder)?;
        self.sweep();
        let folder = self.folder.join(format!("{DRAFT}{stamp}-{process}"));
        let lock = FileLock::try_take(&lock_of(&folder), OURS)?.ok_or_else(|| {
            Failure::user(format!("`{}` is being written by someone else", slashed(&folder)))
        })?;
        folders::create_private(&folder)?;
        Ok(Draft {
            folder,
            published: false,
            _lock: lock,
        })
    }

    /// Removes drafts that nobody works on any more. That it cannot be done is no reason not to go on.
    pub fn sweep(&self) {
        for name in files::names_in(&self.folder) {
            let Some(name) = name.starts_with(DRAFT).then(|| name.trim_end_matches(LOCK)) else {
                continue;
            };
            let folder = self.folder.join(name);
            if let Ok(Some(_lock)) = FileLock::try_take(&lock_of(&folder), OURS) {
                let _ = folders::remove(&folder);
            }
        }
    }

    /// Removes a backup: first its name, so that half of one never looks like one.
    pub fn remove(&self, backup: &Backup) -> Result<()> {
        let name = files::file_name(&backup.folder);
        let folder = self.folder.join(format!("{DRAFT}removed-{name}"));
        let _lock = FileLock::try_take(&lock_of(&folder), OURS)?;
        folders::remove(&folder)?;
        folders::publish(&backup.folder, &folder)?;
        folders::remove(&folder)
    }
}

/// Names in the folder of a backup that do not belong to it.
pub fn strangers(backup: &Backup) -> Vec<String> {
    let is_known = |name: &String| {
        [MANIFEST, SEAL].contains(&name.as_str())
            || backup.manifest.files.iter().any(|file| file.name == *name)
    };
    let mut names = files::names_in(&backup.folder);
    names.retain(|name| !is_known(name));
    names.sort();
    names
}

/// A backup that is being made; gone when it is dropped before its end.
#[derive(Debug)]
pub struct Draft {
    folder: PathBuf,
    published: bool,
    _lock: FileLock,
}

impl Draft {
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes the manifest and gives the folder its name; should that be taken, with a number.
    pub fn publish(mut self, mut manifest: Manifest) -> Result<Backup> {
        let shelf = files::parent(&self.folder).to_path_buf();
        // One at a time, so that two of the same second do not take the same name.
        let _turn = take_turn(&shelf)?;
        let (first, mut count) = (manifest.id.clone(), 1);
        while files::exists(&shelf.join(&manifest.id)) {
            count += 1;
            manifest.id = format!("{first}-{count}");
        }
        let mut text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| Failure::internal("cannot write the manifest").because(&error))?;
        text.push(b'\n');
        let seal = format!("{}  {MANIFEST}\n", hashed::of_bytes(&text));
        folders::write_private(&self.path(MANIFEST), &text)?;
        folders::write_private(&self.path(SEAL), seal.as_bytes())?;
        let folder = shelf.join(&manifest.id);
        folders::publish(&self.folder, &folder)?;
        self.published = true;
        Ok(Backup { folder, manifest })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            // What cannot be removed now is swept by the next run.
            let _ = folders::remove(&self.folder);
        }
    }
}

fn take_turn(shelf: &Path) -> Result<FileLock> {
    let path = lock_of(&shelf.join(format!("{DRAFT}turn")));
    let watch = clock::Stopwatch::start();
    loop {
        if let Some(lock) = FileLock::try_take(&path, OURS)? {
            return Ok(lock);
        }
        if watch.elapsed() > PATIENCE {
            return Err(Failure::user(format!(
                "`{}` is held by another run",
                slashed(&path)
            )));
        }
        clock::wait(POLL);
    }
}

fn lock_of(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(LOCK);
    PathBuf::from(name)
}

/// `store-20261121T233015Z`, whatever is in it.
fn is_named_like_one(folder: &Path) -> bool {
    let name = files::file_name(folder);
    name.split('-').any(|part| {
        let is_digit = |byte: u8| byte.is_ascii_digit();
        matches!(part.as_bytes(), [date @ .., b'Z'] if date.len() == 15
            && date[8] == b'T'
            && date[..8].iter().chain(&date[9..]).all(|byte| is_digit(*byte)))
    })
}

/// The path of a file seen from a folder, so that both can move together; absolute where they have nothing in common.
fn place_of(file: &Path, folder: &Path) -> String {
    let (file, folder) = (settled(file), settled(folder));
    let names = |path: &Path| -> Vec<String> {
        path.components()
            .filter(|part| matches!(part, Component::Normal(_)))
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect()
    };
    let (ours, theirs) = (names(&file), names(&folder));
    let shared = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return slashed(&file);
    }
    let up = std::iter::repeat_n("..", theirs.len() - shared);
    let down = ours[shared..].iter().map(String::as_str);
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// Absolute and without links, as far as it is there.
fn settled(path: &Path) -> PathBuf {
    let mut missing = PathBuf::new();
    let mut there = path;
    loop {
        let asked = if there.as_os_str().is_empty() {
            Path::new(".")
        } else {
            there
        };
        if let Ok(found) = files::canonical(asked) {
            return if missing.as_os_str().is_empty() {
                found
            } else {
                found.join(missing)
            };
        }
        let (Some(name), Some(above)) = (there.file_name(), there.parent()) else {
            return path.to_path_buf();
        };
        missing = if missing.as_os_str().is_empty() {
            PathBuf::from(name)
        } else {
            Path::new(name).join(missing)
        };
        there = above;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf() -> (files::TemporaryFolder, Shelf) {
        let folder = files::temporary_folder().unwrap();
        let shelf = Shelf::new(folder.path().join("backups"));
        (folder, shelf)
    }

    fn manifest(shelf: &Shelf, taken: u64) -> Manifest {
        let origin = shelf.origin_of(&Url::of_file("x/store.db"));
        Manifest::new(
            "store-1".to_owned(),
            String::new(),
            (String::new(), taken),
            origin,
        )
    }

    #[test]
    fn a_draft_is_no_backup_until_it_is_published_and_gone_when_it_is_dropped() {
        let (_kept, shelf) = shelf();
        let draft = shelf.draft("1", 1).unwrap();
        folders::write_private(&draft.path("x"), b"x").unwrap();
        assert!(shelf.all().is_empty());
        drop(draft);
        assert_eq!(files::names_in(&shelf.folder), Vec::<String>::new());
        for (taken, id) in [(1, "store-1"), (2, "store-1-2")] {
            let draft = shelf.draft("1", 1).unwrap();
            let backup = draft.publish(manifest(&shelf, taken)).unwrap();
            assert_eq!(backup.manifest.id, id);
        }
        let found = shelf.of(&manifest(&shelf, 0).database);
        assert_eq!(found[0].manifest.taken_at_unix_ms, 2);
        shelf.remove(&found[0]).unwrap();
        assert_eq!(shelf.all().len(), 1);
        assert_eq!(files::names_in(&shelf.folder), ["store-1"]);
    }

    #[test]
    fn only_drafts_of_the_dead_are_swept() {
        let (_kept, shelf) = shelf();
        let living = shelf.draft("1", 1).unwrap();
        let dead = shelf.folder.join(".packwright-partial-2-2");
        folders::create_private(&dead).unwrap();
        let theirs = shelf.folder.join("notes");
        folders::create_private(&theirs).unwrap();
        shelf.sweep();
        assert!(files::exists(&living.path("")) && files::exists(&theirs));
        assert!(!files::exists(&dead));
    }

    #[test]
    fn a_place_moves_with_the_folder() {
        let (kept, shelf) = shelf();
        let file = kept.path().join("store.db");
        assert_eq!(place_of(&file, &shelf.folder), "../store.db");
        assert!(is_named_like_one(Path::new("a/store-20261121T233015Z-2")));
        assert!(!is_named_like_one(Path::new("a/store-2026Z")));
    }
}
