//! Applies a [`ChangeSet`]: all of it or nothing.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use crate::changes::{Change, ChangeSet};
use crate::failure::{Failure, Result};
use crate::text::slashed;

use super::files::{
    create_folder, exists, is_executable, link_target, parent_of, read, scratch_folder, stage, sync_folder,
    write_failure,
};

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
        // An edit names a file the user pointed at, and is refused below unless its contents are known.
        let is_edit = matches!(change, Change::Edit { .. });
        let inside = change
            .path()
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !inside && !is_edit {
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
    use crate::io::files::walk;

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
