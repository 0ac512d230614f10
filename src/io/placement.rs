//! Putting whole folders, files and links in place together, over what may be there: staged beside their places, flushed, moved
//! in by rename, and moved back when a later step fails.
//!
//! Where the system can swap two names in one step (Linux, macOS), a folder is at every moment the old one or the new one.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::text::slashed;

use super::files::{canonical, create_folder, exists, is_folder};

/// A file to place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedFile {
    /// Path in its folder, `/` between the parts, checked by the caller.
    pub path: String,
    pub executable: bool,
    pub contents: Vec<u8>,
}

/// What shall be at a path afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A folder with exactly these files.
    Folder(Vec<PlacedFile>),
    File {
        executable: bool,
        contents: Vec<u8>,
    },
    /// A symbolic link with this text.
    Link(PathBuf),
    Nothing,
}

/// One path, relative to the root of a placement, and what it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub path: PathBuf,
    pub content: Content,
}

/// A folder for staging that one process at a time holds. What a killed process left in it is cleared first, and it goes away
/// when the value is dropped.
#[derive(Debug)]
pub struct Workplace {
    folder: PathBuf,
    /// Where this process works: a name of its own, since a child of a killed process may still write in the old one.
    scratch: PathBuf,
    /// Folders above `folder` that were not there before, the outermost first.
    made: Vec<PathBuf>,
    /// Held open: closing it gives the folder free.
    _lock: File,
}

impl Workplace {
    /// Claims `folder`, which must be on the same file system as the places.
    pub fn claim(folder: &Path) -> Result<Self> {
        let mut made: Vec<PathBuf> = folder
            .ancestors()
            .skip(1)
            .take_while(|above| *above != Path::new("") && !exists(above))
            .map(Path::to_path_buf)
            .collect();
        made.reverse();
        create_folder(folder)?;
        let file = folder.join("lock");
        let fail = |error: &std::io::Error| {
            Failure::user(format!("cannot work in `{}`", slashed(folder))).because(error)
        };
        let lock = File::create(&file).map_err(|error| fail(&error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(Failure::user("another packwright is at work here")
                    .caused_by(format!("it holds `{}`", slashed(&file)))
                    .hint("wait until it has ended, then run the command again"));
            }
            Err(fs::TryLockError::Error(error)) => return Err(fail(&error)),
        }
        for left in fs::read_dir(folder).map_err(|error| fail(&error))?.flatten() {
            if left.file_name() != "lock" {
                let _ = remove(&left.path());
            }
        }
        let scratch = tempfile::Builder::new()
            .prefix("at-")
            .tempdir_in(folder)
            .map_err(|error| fail(&error))?
            .keep();
        Ok(Self {
            folder: folder.to_path_buf(),
            scratch,
            made,
            _lock: lock,
        })
    }

    /// An empty folder to work in.
    pub fn scratch(&self) -> &Path {
        &self.scratch
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
        // Folders above that were made for this one go too, unless something else is in them by now. `.packwright` may be left from
        // a process that was killed.
        let above = self.folder.parent();
        let above = above.filter(|above| above.file_name().is_some_and(|name| name == ".packwright"));
        for folder in above
            .into_iter()
            .chain(self.made.iter().rev().map(PathBuf::as_path))
        {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Removes whatever is at `path`; links are not followed.
fn remove(path: &Path) -> std::io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}

/// Carries out the steps below `root`: all of them, or none when one fails. Staging happens in `workplace`.
pub fn place(root: &Path, workplace: &Workplace, steps: &[Step]) -> Result<()> {
    for folder in ["new", "old"] {
        create_folder(&workplace.scratch.join(folder))?;
    }
    for (at, step) in steps.iter().enumerate() {
        let staged = workplace.scratch.join("new").join(at.to_string());
        stage(&staged, &step.content).map_err(|error| write_failure(&root.join(&step.path), &error))?;
    }
    let mut done: Vec<Done> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        if let Err(failure) = carry_out(root, workplace, at, step, &mut done) {
            for step in done.into_iter().rev() {
                step.undo();
            }
            return Err(failure.hint("nothing was changed: the steps before this one were undone"));
        }
    }
    Ok(())
}

fn write_failure(path: &Path, error: &std::io::Error) -> Failure {
    Failure::user(format!("cannot write `{}`", slashed(path))).because(error)
}

fn stage(staged: &Path, content: &Content) -> std::io::Result<()> {
    match content {
        Content::Nothing => Ok(()),
        Content::Link(target) => make_link(target, staged),
        Content::File { executable, contents } => write(staged, *executable, contents),
        Content::Folder(files) => {
            fs::create_dir(staged)?;
            for file in files {
                let path = staged.join(&file.path);
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                write(&path, file.executable, &file.contents)?;
            }
            Ok(())
        }
    }
}

fn write(path: &Path, executable: bool, contents: &[u8]) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(contents)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = if executable { 0o755 } else { 0o644 };
        file.set_permissions(fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = executable;
    file.sync_all()
}

/// How one step is taken back.
enum Done {
    /// Something stood there; it waits at `old`.
    Replaced {
        path: PathBuf,
        old: PathBuf,
    },
    /// Nothing stood there.
    Added(PathBuf),
    MadeFolder(PathBuf),
    /// Folders that a removal emptied.
    RemovedFolders(Vec<PathBuf>),
}

impl Done {
    /// Best effort: a second failure while undoing has nobody left to tell, the first one is what is reported.
    fn undo(self) {
        match self {
            Self::Replaced { path, old } => {
                let _ = remove(&path);
                let _ = fs::rename(old, path);
            }
            Self::Added(path) => {
                let _ = remove(&path);
            }
            Self::MadeFolder(path) => {
                let _ = fs::remove_dir(path);
            }
            Self::RemovedFolders(paths) => {
                for path in paths.iter().rev() {
                    let _ = fs::create_dir(path);
                }
            }
        }
    }
}

fn carry_out(root: &Path, workplace: &Workplace, at: usize, step: &Step, done: &mut Vec<Done>) -> Result<()> {
    let path = root.join(&step.path);
    let fail = |error: &std::io::Error| write_failure(&path, error);
    let new = workplace.scratch.join("new").join(at.to_string());
    let old = workplace.scratch.join("old").join(at.to_string());
    let there = exists(&path);
    match &step.content {
        Content::Nothing if !there => return Ok(()),
        Content::Nothing => {
            stay_inside(root, &path)?;
            fs::rename(&path, &old).map_err(|error| fail(&error))?;
            done.push(Done::Replaced {
                path: path.clone(),
                old,
            });
            done.push(Done::RemovedFolders(remove_empty_folders(root, &path)));
        }
        _ => {
            make_folders(root, &path, done)?;
            stay_inside(root, &path)?;
            if there {
                swap(&new, &path, &old).map_err(|error| fail(&error))?;
                done.push(Done::Replaced {
                    path: path.clone(),
                    old,
                });
            } else {
                fs::rename(&new, &path).map_err(|error| fail(&error))?;
                done.push(Done::Added(path.clone()));
            }
        }
    }
    sync_folder(&path).map_err(|error| fail(&error))
}

/// Refuses a place whose folder is a link that leads out of the root.
fn stay_inside(root: &Path, path: &Path) -> Result<()> {
    let root = if root == Path::new("") {
        Path::new(".")
    } else {
        root
    };
    let folder = path
        .parent()
        .filter(|folder| *folder != Path::new(""))
        .unwrap_or(Path::new("."));
    if canonical(folder)?.starts_with(canonical(root)?) {
        return Ok(());
    }
    Err(
        Failure::user(format!("`{}` leads out of `{}`", slashed(folder), slashed(root)))
            .hint("a folder on the way is a link; remove the link first"),
    )
}

/// Puts `new` at `path` and what was there at `old`, in one step where the system can.
fn swap(new: &Path, path: &Path, old: &Path) -> std::io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, path, RenameFlags::EXCHANGE).is_ok() {
            return fs::rename(new, old);
        }
    }
    fs::rename(path, old)?;
    fs::rename(new, path).inspect_err(|_| {
        let _ = fs::rename(old, path);
    })
}

fn make_folders(root: &Path, path: &Path, done: &mut Vec<Done>) -> Result<()> {
    let above = path
        .ancestors()
        .skip(1)
        .take_while(|folder| *folder != root && *folder != Path::new(""));
    let missing: Vec<&Path> = above.take_while(|folder| !is_folder(folder)).collect();
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder).map_err(|error| write_failure(folder, &error))?;
        done.push(Done::MadeFolder(folder.to_path_buf()));
    }
    Ok(())
}

/// Removes the folders above a removed path that became empty, up to the root, and says which.
fn remove_empty_folders(root: &Path, path: &Path) -> Vec<PathBuf> {
    path.ancestors()
        .skip(1)
        .take_while(|folder| *folder != root && *folder != Path::new(""))
        .take_while(|folder| fs::remove_dir(folder).is_ok())
        .map(Path::to_path_buf)
        .collect()
}

/// Makes the renames in the folder of `path` survive a power cut, where the system can.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| *folder != Path::new(""))
        .unwrap_or(Path::new("."));
    if cfg!(unix) && folder.exists() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
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

    fn folder(files: &[(&str, &str)]) -> Content {
        let files = files.iter().map(|(path, contents)| PlacedFile {
            path: (*path).to_owned(),
            executable: path.contains("run"),
            contents: contents.as_bytes().to_vec(),
        });
        Content::Folder(files.collect())
    }

    fn step(path: &str, content: Content) -> Step {
        Step {
            path: path.into(),
            content,
        }
    }

    fn read(root: &Path, path: &str) -> String {
        fs::read_to_string(root.join(path)).unwrap_or_default()
    }

    #[test]
    fn folders_are_replaced_whole_and_the_workplace_goes_away() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let workplace = Workplace::claim(&root.join(".packwright/x")).unwrap();
        place(
            root,
            &workplace,
            &[step("s/a", folder(&[("one.md", "1"), ("deep/run.sh", "2")]))],
        )
        .unwrap();
        drop(workplace);
        let workplace = Workplace::claim(&root.join(".packwright/x")).unwrap();
        place(root, &workplace, &[step("s/a", folder(&[("two.md", "3")]))]).unwrap();
        drop(workplace);
        assert_eq!(read(root, "s/a/two.md"), "3");
        assert!(!exists(&root.join("s/a/one.md")));
        assert!(!exists(&root.join(".packwright")));
    }

    #[cfg(unix)]
    #[test]
    fn a_step_that_fails_takes_back_those_before_it() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join("s/a")).unwrap();
        fs::write(root.join("s/a/old.md"), "old").unwrap();
        fs::write(root.join("gone.md"), "still here").unwrap();
        fs::write(root.join("file"), "in the way").unwrap();
        let workplace = Workplace::claim(&root.join(".packwright/x")).unwrap();
        let steps = [
            step("s/a", folder(&[("new.md", "new")])),
            step("s/b/c", folder(&[("new.md", "new")])),
            step("links/l", Content::Link("../s/a".into())),
            step("gone.md", Content::Nothing),
            step("file/below", folder(&[("x", "y")])),
        ];
        let failure = place(root, &workplace, &steps).unwrap_err();
        assert!(
            failure.hints.iter().any(|hint| hint.contains("undone")),
            "{failure}"
        );
        drop(workplace);
        assert_eq!(read(root, "s/a/old.md"), "old");
        assert_eq!(read(root, "gone.md"), "still here");
        assert!(
            !exists(&root.join("s/b")) && !exists(&root.join("links")) && !exists(&root.join("s/a/new.md"))
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_on_the_way_cannot_lead_outside() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        make_link(outside.path(), &root.path().join("s")).unwrap();
        let workplace = Workplace::claim(&root.path().join(".packwright/x")).unwrap();
        let failure = place(root.path(), &workplace, &[step("s/a", folder(&[("x", "y")]))]).unwrap_err();
        assert!(failure.message.contains("leads out of"), "{failure}");
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }

    #[test]
    fn one_process_at_a_time_and_leftovers_are_cleared() {
        let root = tempfile::tempdir().unwrap();
        let at = root.path().join("work");
        fs::create_dir_all(at.join("new/0")).unwrap();
        let first = Workplace::claim(&at).unwrap();
        assert!(!exists(&at.join("new")));
        assert!(Workplace::claim(&at).unwrap_err().message.contains("at work"));
        drop(first);
        assert!(!exists(&at));
    }
}
