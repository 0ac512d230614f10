//! Files and folders: reading, walking, and applying a [`ChangeSet`] so that it happens whole or not at all.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

use crate::changes::{Change, ChangeSet};
use crate::failure::{Failure, Result};
use crate::text::slashed;

/// Folders that no walk enters: version control, dependencies, build output.
const SKIPPED_FOLDERS: &[&str] = &[
    ".git",
    "node_modules",
    "target",
    "__pycache__",
    ".venv",
    ".packwright",
];

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
    let metadata = fs::metadata(root).map_err(|error| read_failure(root, &error))?;
    if !metadata.is_dir() {
        return Err(Failure::user(format!("`{}` is not a folder", slashed(root))));
    }
    let mut entries = Vec::new();
    let mut unreadable = Vec::new();
    let walker = walkdir::WalkDir::new(root)
        .min_depth(1)
        .into_iter()
        .filter_entry(|entry| !(entry.file_type().is_dir() && is_skipped(entry.file_name())));
    for found in walker {
        match found {
            Ok(entry) => {
                let path = relative(root, entry.path());
                entries.push(Entry {
                    kind: kind_of(&entry),
                    path,
                });
            }
            Err(error) => {
                let path = error.path().map_or_else(String::new, |path| relative(root, path));
                unreadable.push((path, error.to_string()));
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

fn is_skipped(name: &OsStr) -> bool {
    SKIPPED_FOLDERS.iter().any(|skipped| name == *skipped)
}

fn relative(root: &Path, path: &Path) -> String {
    slashed(path.strip_prefix(root).unwrap_or(path))
}

fn kind_of(entry: &walkdir::DirEntry) -> EntryKind {
    let file_type = entry.file_type();
    if file_type.is_symlink() {
        let target = fs::read_link(entry.path()).unwrap_or_default();
        EntryKind::Link { target }
    } else if file_type.is_dir() {
        EntryKind::Folder
    } else if file_type.is_file() {
        let metadata = entry.metadata().ok();
        EntryKind::File {
            bytes: metadata.as_ref().map_or(0, fs::Metadata::len),
            executable: metadata.as_ref().is_some_and(is_executable),
        }
    } else {
        EntryKind::Other
    }
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_metadata: &fs::Metadata) -> bool {
    false
}

/// The bytes of a file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| read_failure(path, &error))
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

fn write_failure(path: &Path, error: &std::io::Error) -> Failure {
    Failure::user(format!("cannot write `{}`", slashed(path))).because(error)
}

/// Does the same work for every item on all cores; answers come in the order of the items.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    use rayon::prelude::*;
    items.par_iter().map(work).collect()
}

/// Whether anything is at `path`; a link counts even when it leads nowhere.
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether `path` leads to a folder, through links too.
pub fn is_folder(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_dir())
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

/// Replaces the file at `path` by `contents` in one step: written beside it, flushed to disk, renamed over it.
pub fn write_atomically(path: &Path, contents: &[u8]) -> Result<()> {
    let folder = parent_of(path);
    create_folder(folder)?;
    stage(folder, contents, false)
        .and_then(|staged| staged.persist(path).map_err(|error| error.error))
        .and_then(|_| sync_folder(folder))
        .map_err(|error| write_failure(path, &error))
}

fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

fn stage(folder: &Path, contents: &[u8], executable: bool) -> std::io::Result<tempfile::NamedTempFile> {
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
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Applies a change set: everything is checked and written beside its place first, then moved in; when a step fails, the
/// steps before it are undone. A set that only creates files below one folder that is not there yet appears in one rename.
pub fn apply(set: &ChangeSet) -> Result<()> {
    check(set)?;
    if let Some(top) = new_folder_of(set) {
        return apply_as_folder(set, &top);
    }
    let mut undo = Vec::new();
    for change in &set.changes {
        if let Err(failure) = apply_one(&set.root, change, &mut undo) {
            for step in undo.into_iter().rev() {
                step.run();
            }
            return Err(failure.hint("nothing was changed: the steps before this one were undone"));
        }
    }
    Ok(())
}

/// Refuses a set that does not fit what is on disk now.
fn check(set: &ChangeSet) -> Result<()> {
    for change in &set.changes {
        let path = set.root.join(change.path());
        let inside = change
            .path()
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !inside {
            return Err(Failure::internal(format!(
                "`{}` leaves its folder",
                slashed(change.path())
            )));
        }
        match change {
            Change::Create { .. } if exists(&path) => {
                return Err(Failure::user(format!("`{}` is there already", slashed(&path)))
                    .hint("packwright never overwrites: move or remove it first"));
            }
            Change::Edit { before, .. } if read(&path)? != *before => {
                return Err(Failure::user(format!(
                    "`{}` was changed by someone else meanwhile",
                    slashed(&path)
                ))
                .hint("run the command again"));
            }
            Change::Link { .. } if exists(&path) && link_target(&path).is_none() => {
                return Err(
                    Failure::user(format!("`{}` is there and is not a link", slashed(&path)))
                        .hint("packwright never overwrites: move or remove it first"),
                );
            }
            _ => {}
        }
    }
    Ok(())
}

/// The folder, relative to the root, that the whole set creates: present only when every change creates a file below it and
/// nothing is there yet.
fn new_folder_of(set: &ChangeSet) -> Option<PathBuf> {
    let creates_only = set
        .changes
        .iter()
        .all(|change| matches!(change, Change::Create { .. }));
    let mut common = set.changes.first()?.path().parent()?.to_path_buf();
    for change in &set.changes {
        while !change.path().starts_with(&common) {
            common.pop();
        }
    }
    (creates_only && common != Path::new("") && !exists(&set.root.join(&common))).then_some(common)
}

fn apply_as_folder(set: &ChangeSet, top: &Path) -> Result<()> {
    let destination = set.root.join(top);
    let parent = parent_of(&destination);
    let staging = scratch_folder(parent)?;
    let staged_top = staging.path().join("new");
    for change in &set.changes {
        let Change::Create {
            path,
            contents,
            executable,
        } = change
        else {
            continue;
        };
        let inner = path.strip_prefix(top).unwrap_or(path);
        let staged = staged_top.join(inner);
        let folder = parent_of(&staged);
        create_folder(folder)?;
        stage(folder, contents, *executable)
            .and_then(|file| file.persist(&staged).map_err(|error| error.error))
            .map_err(|error| write_failure(&destination.join(inner), &error))?;
    }
    fs::rename(&staged_top, &destination)
        .and_then(|()| sync_folder(parent))
        .map_err(|error| write_failure(&destination, &error))
}

/// How one applied step is taken back.
enum Undo {
    RemoveFile(PathBuf),
    RemoveFolder(PathBuf),
    Restore {
        path: PathBuf,
        contents: Vec<u8>,
        executable: bool,
    },
    Relink {
        path: PathBuf,
        target: PathBuf,
    },
}

impl Undo {
    /// Best effort: a second failure while undoing has nobody left to tell, the first one is what is reported.
    fn run(self) {
        match self {
            Self::RemoveFile(path) => {
                let _ = fs::remove_file(path);
            }
            Self::RemoveFolder(path) => {
                let _ = fs::remove_dir(path);
            }
            Self::Restore {
                path,
                contents,
                executable,
            } => {
                let _ = stage(parent_of(&path), &contents, executable).map(|file| file.persist(&path));
            }
            Self::Relink { path, target } => {
                let _ = fs::remove_file(&path);
                let _ = make_link(&target, &path);
            }
        }
    }
}

fn apply_one(root: &Path, change: &Change, undo: &mut Vec<Undo>) -> Result<()> {
    let path = root.join(change.path());
    let fail = |error: &std::io::Error| write_failure(&path, error);
    match change {
        Change::Create {
            contents, executable, ..
        } => {
            create_parents(&path, undo)?;
            let staged = stage(parent_of(&path), contents, *executable).map_err(|error| fail(&error))?;
            staged
                .persist_noclobber(&path)
                .map_err(|error| fail(&error.error))?;
            undo.push(Undo::RemoveFile(path.clone()));
        }
        Change::Edit { before, after, .. } => {
            let executable = fs::metadata(&path).is_ok_and(|metadata| is_executable(&metadata));
            let staged = stage(parent_of(&path), after, executable).map_err(|error| fail(&error))?;
            staged.persist(&path).map_err(|error| fail(&error.error))?;
            undo.push(Undo::Restore {
                path: path.clone(),
                contents: before.clone(),
                executable,
            });
        }
        Change::Link { target, .. } => {
            create_parents(&path, undo)?;
            let previous = link_target(&path);
            replace_link(target, &path).map_err(|error| fail(&error))?;
            undo.push(match previous {
                Some(target) => Undo::Relink {
                    path: path.clone(),
                    target,
                },
                None => Undo::RemoveFile(path.clone()),
            });
        }
        Change::Remove { .. } => {
            if let Some(target) = link_target(&path) {
                fs::remove_file(&path).map_err(|error| fail(&error))?;
                undo.push(Undo::Relink {
                    path: path.clone(),
                    target,
                });
            } else {
                let contents = read(&path)?;
                let executable = fs::metadata(&path).is_ok_and(|metadata| is_executable(&metadata));
                fs::remove_file(&path).map_err(|error| fail(&error))?;
                undo.push(Undo::Restore {
                    path: path.clone(),
                    contents,
                    executable,
                });
            }
            remove_empty_parents(root, &path);
        }
    }
    sync_folder(parent_of(&path)).or_else(|error| match error.kind() {
        ErrorKind::NotFound => Ok(()),
        _ => Err(fail(&error)),
    })
}

/// Creates the folders above `path` that are missing and notes each for undoing.
fn create_parents(path: &Path, undo: &mut Vec<Undo>) -> Result<()> {
    let mut missing: Vec<&Path> = path
        .ancestors()
        .skip(1)
        .take_while(|folder| !folder.exists())
        .collect();
    missing.retain(|folder| *folder != Path::new(""));
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder).map_err(|error| write_failure(folder, &error))?;
        undo.push(Undo::RemoveFolder(folder.to_path_buf()));
    }
    Ok(())
}

/// Removes the folders above a removed file that became empty, up to the root.
fn remove_empty_parents(root: &Path, path: &Path) {
    for folder in path.ancestors().skip(1).take_while(|folder| *folder != root) {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

/// Puts a link in place in one step, over a link that may be there.
fn replace_link(target: &Path, path: &Path) -> std::io::Result<()> {
    let staging = tempfile::Builder::new()
        .prefix(".packwright-")
        .tempdir_in(parent_of(path))?;
    let staged = staging.path().join("link");
    make_link(target, &staged)?;
    fs::rename(&staged, path)
}

#[cfg(unix)]
fn make_link(target: &Path, path: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(windows)]
fn make_link(target: &Path, path: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(target, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn a_new_folder_appears_whole_and_leaves_no_scratch_behind() {
        let root = folder();
        let mut set = ChangeSet::new(root.path());
        set.create("skills/a/SKILL.md", "one");
        set.create("skills/a/references/b.md", "two");
        apply(&set).unwrap();
        let paths: Vec<String> = walk(root.path())
            .unwrap()
            .entries
            .into_iter()
            .map(|entry| entry.path)
            .collect();
        assert_eq!(
            paths,
            [
                "skills",
                "skills/a",
                "skills/a/SKILL.md",
                "skills/a/references",
                "skills/a/references/b.md"
            ]
        );
    }

    #[test]
    fn nothing_is_overwritten_and_a_failed_set_leaves_the_old_state() {
        let root = folder();
        fs::write(root.path().join("a"), "old").unwrap();
        fs::write(root.path().join("file"), "in the way").unwrap();
        let mut set = ChangeSet::new(root.path());
        set.edit("a", "old", "new");
        set.create("fresh/b", "b");
        set.create("file/below", "cannot be");
        let failure = apply(&set).unwrap_err();
        assert!(
            failure.hints.iter().any(|hint| hint.contains("undone")),
            "{failure}"
        );
        assert_eq!(fs::read(root.path().join("a")).unwrap(), b"old");
        assert!(!exists(&root.path().join("fresh")));
        let mut set = ChangeSet::new(root.path());
        set.create("a", "x");
        assert!(apply(&set).unwrap_err().message.contains("is there already"));
    }

    #[test]
    fn an_edit_of_a_file_changed_meanwhile_is_refused() {
        let root = folder();
        fs::write(root.path().join("a"), "theirs").unwrap();
        let mut set = ChangeSet::new(root.path());
        set.edit("a", "mine", "new");
        assert!(apply(&set).is_err());
        assert_eq!(fs::read(root.path().join("a")).unwrap(), b"theirs");
    }

    #[test]
    fn paths_that_leave_the_root_are_refused() {
        let root = folder();
        let mut set = ChangeSet::new(root.path());
        set.create("../escape", "x");
        assert!(apply(&set).is_err());
        assert!(!exists(&root.path().join("../escape")));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_made_replaced_and_removed_with_the_folders_made_for_them() {
        let root = folder();
        let mut set = ChangeSet::new(root.path());
        set.link(".claude/skills/a", "../../skills/a");
        apply(&set).unwrap();
        let mut set = ChangeSet::new(root.path());
        set.link(".claude/skills/a", "../../skills/b");
        apply(&set).unwrap();
        let link = root.path().join(".claude/skills/a");
        assert_eq!(link_target(&link), Some(PathBuf::from("../../skills/b")));
        let mut set = ChangeSet::new(root.path());
        set.remove(".claude/skills/a");
        apply(&set).unwrap();
        assert!(!exists(&root.path().join(".claude")));
    }
}
