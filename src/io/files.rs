//! Files and folders: reading, walking, and writing so that it happens whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::text::slashed;

pub use super::apply::apply;

/// Folders that no walk enters: version control, dependencies, what programs keep for themselves.
pub(super) const SKIPPED_FOLDERS: &[&str] = &[".git", "node_modules", "__pycache__", ".venv", ".packwright"];

/// A folder of build output where one of these files lies in it or beside it, and an ordinary word elsewhere.
const BUILT_FOLDER: &str = "target";
const BUILDS: &[&str] = &["target/CACHEDIR.TAG", "Cargo.toml", "pom.xml", "build.sbt"];

/// What an entry of a [`Tree`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    File {
        bytes: u64,
        executable: bool,
    },
    Folder,
    /// A symbolic link and the text it holds.
    Link {
        target: PathBuf,
    },
    /// A socket, pipe or device.
    Other,
}

/// One file, folder or link below the root of a [`Tree`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path from the root, with `/` between its parts.
    pub path: String,
    pub kind: EntryKind,
    /// What the walk was told of a plain file.
    pub stamp: Option<Stamp>,
}

impl Entry {
    /// An entry that no walk came by.
    pub fn new(path: impl Into<String>, kind: EntryKind) -> Self {
        Self {
            path: path.into(),
            kind,
            stamp: None,
        }
    }
}

/// The listing of a folder: every entry below it, ordered by path, links not followed.
#[derive(Debug, Clone)]
pub struct Tree {
    pub root: PathBuf,
    pub entries: Vec<Entry>,
    /// Folders and files that could not be listed, and why.
    pub unreadable: Vec<(String, String)>,
}

/// Lists everything below `root`, leaving out version control, dependencies and build output.
pub fn walk(root: &Path) -> Result<Tree> {
    walk_without(root, is_skipped)
}

/// Lists everything below `root`, whatever it is.
pub fn walk_everything(root: &Path) -> Result<Tree> {
    walk_without(root, |_| false)
}

fn walk_without(root: &Path, skipped: fn(&Path) -> bool) -> Result<Tree> {
    let metadata = fs::metadata(root).map_err(|error| read_failure(root, &error))?;
    if !metadata.is_dir() {
        return Err(Failure::user(format!("`{}` is not a folder", slashed(root))));
    }
    let mut entries = Vec::new();
    let mut unreadable = Vec::new();
    let walker = walkdir::WalkDir::new(root)
        .min_depth(1)
        .into_iter()
        .filter_entry(|entry| !(entry.file_type().is_dir() && skipped(entry.path())));
    for found in walker {
        match found {
            Ok(entry) => {
                let is_file = entry.file_type().is_file();
                let metadata = is_file.then(|| entry.metadata().ok()).flatten();
                entries.push(Entry {
                    path: relative(root, entry.path()),
                    kind: kind_of(entry.path(), entry.file_type(), metadata.as_ref()),
                    stamp: metadata.as_ref().map(stamp_of),
                });
            }
            Err(error) => {
                let path = error.path().map_or_else(String::new, |path| relative(root, path));
                let reason = error.io_error().map(ToString::to_string);
                unreadable.push((path, reason.unwrap_or_else(|| error.to_string())));
            }
        }
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Tree {
        root: root.to_path_buf(),
        entries,
        unreadable,
    })
}

/// Whether a path lies in a folder that no walk enters.
pub fn is_passed_over(path: &Path) -> bool {
    let folders = path.ancestors().skip(1);
    folders.into_iter().any(is_skipped)
}

fn is_skipped(folder: &Path) -> bool {
    let Some(name) = folder.file_name() else {
        return false;
    };
    let is_built = || BUILDS.iter().any(|file| exists(&folder.with_file_name(file)));
    SKIPPED_FOLDERS.iter().any(|skipped| name == *skipped) || (name == BUILT_FOLDER && is_built())
}

fn relative(root: &Path, path: &Path) -> String {
    slashed(path.strip_prefix(root).unwrap_or(path))
}

/// What lies at a path, links not followed.
pub fn kind(path: &Path) -> Option<EntryKind> {
    let metadata = fs::symlink_metadata(path).ok()?;
    Some(kind_of(path, metadata.file_type(), Some(&metadata)))
}

fn kind_of(path: &Path, file_type: fs::FileType, metadata: Option<&fs::Metadata>) -> EntryKind {
    if file_type.is_symlink() {
        let target = fs::read_link(path).unwrap_or_default();
        EntryKind::Link { target }
    } else if file_type.is_dir() {
        EntryKind::Folder
    } else if file_type.is_file() {
        EntryKind::File {
            bytes: metadata.map_or(0, fs::Metadata::len),
            executable: metadata.is_some_and(is_executable),
        }
    } else {
        EntryKind::Other
    }
}

#[cfg(unix)]
pub(super) fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
pub(super) fn is_executable(_metadata: &fs::Metadata) -> bool {
    false
}

/// The bytes of a file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| read_failure(path, &error))
}

/// The bytes of a file that had `bytes` of them when it was last looked at: when it still has, one read is enough.
pub fn read_of_size(path: &Path, bytes: u64) -> Result<Vec<u8>> {
    let size = usize::try_from(bytes).unwrap_or_default();
    let read = || {
        let mut file = File::open(path)?;
        // One more, to see the end.
        let mut contents = vec![0; size.saturating_add(1)];
        let mut filled = 0;
        loop {
            match file.read(&mut contents[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            if filled == size {
                break;
            }
            if filled > size {
                file.read_to_end(&mut contents)?;
                return Ok(contents);
            }
        }
        contents.truncate(filled);
        Ok(contents)
    };
    read().map_err(|error| read_failure(path, &error))
}

/// The bytes of a file that is fit to be read whole, or why there are none, in a clause. `stamp` is what a walk was told of it.
pub fn read_fit(path: &Path, stamp: Option<Stamp>, most: u64) -> std::result::Result<Vec<u8>, String> {
    let read = match stamp.filter(|stamp| stamp.bytes <= most) {
        Some(stamp) => read_of_size(path, stamp.bytes),
        None => match unfit(path, most) {
            Some(reason) => return Err(reason),
            None => read(path),
        },
    };
    read.map_err(|failure| failure.causes.join(": "))
}

/// Why the file at `path` must not be read whole, in a clause: it is a pipe, socket or device, or has more than `most` bytes.
/// `None` for others, and for what cannot be opened at all.
pub fn unfit(path: &Path, most: u64) -> Option<String> {
    let metadata = fs::metadata(path).ok()?;
    if !metadata.is_file() && !metadata.is_dir() {
        return Some("it is a pipe, socket or device".to_owned());
    }
    (metadata.is_file() && metadata.len() > most).then(|| format!("it has {} MB", metadata.len() / 1_000_000))
}

/// The first bytes of a file, `most` of them or fewer.
pub fn head(path: &Path, most: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(most);
    File::open(path)
        .and_then(|file| file.take(most as u64).read_to_end(&mut bytes))
        .map_err(|error| read_failure(path, &error))?;
    Ok(bytes)
}

/// A file to be read line by line.
pub fn reader(path: &Path) -> Result<impl std::io::BufRead + use<>> {
    let file = File::open(path).map_err(|error| read_failure(path, &error))?;
    Ok(std::io::BufReader::with_capacity(1 << 20, file))
}

/// Length of a file in bytes.
pub fn size(path: &Path) -> Result<u64> {
    fs::metadata(path)
        .map(|metadata| metadata.len())
        .map_err(|error| read_failure(path, &error))
}

/// What the file system tells of a file without opening it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    pub bytes: u64,
    pub inode: u64,
    pub mode: u32,
    /// When its contents changed, in nanoseconds since the Unix epoch.
    pub modified: i128,
    /// When anything of it changed, which nobody can set back; the time of creation where the system does not keep it.
    pub changed: i128,
}

/// The stamps of everything at or below the paths, by path. What cannot be listed is left out.
pub fn stamps(paths: &[PathBuf]) -> BTreeMap<PathBuf, Stamp> {
    let mut found = BTreeMap::new();
    for path in paths {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        found.extend(stamp(path).map(|stamp| (path.to_path_buf(), stamp)));
        for entry in walk(path).map(|tree| tree.entries).unwrap_or_default() {
            let path = path.join(&entry.path);
            found.extend(entry.stamp.or_else(|| stamp(&path)).map(|stamp| (path, stamp)));
        }
    }
    found
}

/// The stamp of what lies at `path`, links not followed.
pub fn stamp(path: &Path) -> Option<Stamp> {
    fs::symlink_metadata(path)
        .ok()
        .map(|metadata| stamp_of(&metadata))
}

/// The stamp of what `path` leads to, through links too.
pub fn stamp_through(path: &Path) -> Option<Stamp> {
    fs::metadata(path).ok().map(|metadata| stamp_of(&metadata))
}

#[cfg(unix)]
fn stamp_of(metadata: &fs::Metadata) -> Stamp {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
    Stamp {
        bytes: metadata.len(),
        inode: metadata.ino(),
        mode: metadata.mode(),
        modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
    }
}

#[cfg(not(unix))]
fn stamp_of(metadata: &fs::Metadata) -> Stamp {
    let nanoseconds = |time: std::io::Result<std::time::SystemTime>| {
        let since = time
            .ok()
            .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        since.map_or(i128::MAX / 2, |since| {
            i128::try_from(since.as_nanos()).unwrap_or(i128::MAX / 2)
        })
    };
    Stamp {
        bytes: metadata.len(),
        inode: 0,
        mode: u32::from(metadata.permissions().readonly()),
        modified: nanoseconds(metadata.modified()),
        changed: nanoseconds(metadata.created()),
    }
}

/// Removes a file; one that is not there is as good as removed.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(write_failure(path, &error)),
        _ => Ok(()),
    }
}

/// Everything that stdin holds.
pub fn read_stdin() -> Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| Failure::user("cannot read stdin").because(&error))?;
    Ok(bytes)
}

/// The bytes of a file, or `None` when there is no such file.
pub fn read_if_present(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(read_failure(path, &error)),
    }
}

fn read_failure(path: &Path, error: &std::io::Error) -> Failure {
    let failure = Failure::user(format!("cannot read `{}`", slashed(path))).because(error);
    match error.kind() {
        ErrorKind::NotFound => failure.hint("check the path; it is taken relative to the current folder"),
        ErrorKind::PermissionDenied => failure.hint("check who owns the file and its permissions"),
        _ => failure,
    }
}

pub(super) fn write_failure(path: &Path, error: &std::io::Error) -> Failure {
    Failure::user(format!("cannot write `{}`", slashed(path))).because(error)
}

/// Does the same work for every item on all cores; answers come in the order of the items. Items given by value are dropped as
/// soon as their work is done.
pub fn in_parallel<I, R>(items: I, work: impl Fn(I::Item) -> R + Sync + Send) -> Vec<R>
where
    I: rayon::iter::IntoParallelIterator,
    I::Iter: rayon::iter::IndexedParallelIterator,
    R: Send,
{
    use rayon::iter::ParallelIterator as _;
    items.into_par_iter().map(work).collect()
}

/// Names of what lies in a folder; none when it cannot be listed.
pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// Whether anything is at `path`; a link counts even when it leads nowhere.
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether `path` leads to a folder, through links too.
pub fn is_folder(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Whether `path` leads to a file that may be run.
pub fn is_executable_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && is_executable(&metadata))
}

/// What the link at `path` holds, or `None` when it is no link.
pub fn link_target(path: &Path) -> Option<PathBuf> {
    fs::read_link(path).ok()
}

/// The absolute path without links, or a failure that names it.
pub fn canonical(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).map_err(|error| read_failure(path, &error))
}

/// Creates a folder and those above it.
pub fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| write_failure(path, &error))
}

/// A new folder for scratch work below `parent`, removed with everything in it when the value is dropped.
pub fn scratch_folder(parent: &Path) -> Result<tempfile::TempDir> {
    create_folder(parent)?;
    tempfile::Builder::new()
        .prefix(".packwright-")
        .tempdir_in(parent)
        .map_err(|error| write_failure(parent, &error))
}

/// A folder that is removed with everything in it when the value is dropped.
pub type TemporaryFolder = tempfile::TempDir;

/// A new folder among the system's temporary files.
pub fn temporary_folder() -> Result<TemporaryFolder> {
    tempfile::Builder::new()
        .prefix("packwright-")
        .tempdir()
        .map_err(|error| Failure::user("cannot make a temporary folder").because(&error))
}

/// Replaces the file at `path` by `contents` in one step: written beside it, flushed to disk, renamed over it.
pub fn write_atomically(path: &Path, contents: &[u8]) -> Result<()> {
    let folder = parent_of(path);
    create_folder(folder)?;
    stage(folder, contents, false)
        .and_then(|staged| staged.persist(path).map_err(|error| error.error))
        .and_then(|_| sync_folder(folder))
        .map_err(|error| write_failure(path, &error))
}

/// The folder that a path lies in; `.` for a bare name.
pub fn parent(path: &Path) -> &Path {
    parent_of(path)
}

/// The last part of a path, as text.
pub fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

pub(super) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

pub(super) fn stage(
    folder: &Path,
    contents: &[u8],
    executable: bool,
) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(".packwright-")
        .tempfile_in(folder)?;
    file.write_all(contents)?;
    set_mode(file.as_file(), executable)?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(unix)]
fn set_mode(file: &File, executable: bool) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = if executable { 0o755 } else { 0o644 };
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_file: &File, _executable: bool) -> std::io::Result<()> {
    Ok(())
}

/// Makes a rename in `folder` survive a power cut, where the system can.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
