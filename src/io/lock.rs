//! A lock between processes on one machine that cannot outlive its holder: the kernel lets go of it when the process ends,
//! however it ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::text::slashed;

/// A held lock. The file at its path is there only while the lock is held, and holds a note for those who wait.
#[derive(Debug)]
pub struct FileLock {
    file: File,
    path: PathBuf,
}

impl FileLock {
    /// Takes the lock and leaves `note` in its file, or returns `None` when another process has it.
    pub fn try_take(path: &Path, note: &str) -> Result<Option<Self>> {
        let fail = |error: &std::io::Error| {
            Failure::user(format!("cannot lock `{}`", slashed(path)))
                .because(error)
                .hint("the folder must be writable, on a file system that knows locks")
        };
        loop {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(path)
                .map_err(|error| fail(&error))?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(fail(&error)),
                Ok(()) => {}
            }
            // The last holder removes the file while it still has the lock: what we opened may be gone from the folder.
            if !is_at(&file, path) {
                continue;
            }
            file.set_len(0)
                .and_then(|()| file.write_all(note.as_bytes()))
                .map_err(|error| fail(&error))?;
            return Ok(Some(Self {
                file,
                path: path.to_path_buf(),
            }));
        }
    }

    /// The note of whoever holds the lock at `path`, where the system lets others read it.
    pub fn note(path: &Path) -> Option<String> {
        fs::read_to_string(path).ok().filter(|note| !note.is_empty())
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Best effort: a file that stays is taken over by the next holder.
        let _ = self.file.set_len(0);
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
        let _ = self.file.unlock();
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// Elsewhere the file is never removed, so that what was opened is what is there.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_the_other_reads_the_note_and_the_file_goes_with_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let held = FileLock::try_take(&path, "me").unwrap().unwrap();
        assert!(FileLock::try_take(&path, "you").unwrap().is_none());
        if cfg!(unix) {
            assert_eq!(FileLock::note(&path).as_deref(), Some("me"));
        }
        drop(held);
        assert!(!cfg!(unix) || !path.exists());
        assert!(FileLock::try_take(&path, "you").unwrap().is_some());
    }

    #[test]
    fn a_file_that_a_dead_process_left_behind_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        fs::write(&path, "a long note of someone who died").unwrap();
        let _held = FileLock::try_take(&path, "me").unwrap().unwrap();
        if cfg!(unix) {
            assert_eq!(FileLock::note(&path).as_deref(), Some("me"));
        }
    }

    #[test]
    fn many_threads_never_hold_it_together() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let inside = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut taken = 0;
                    while taken < 50 {
                        let Some(held) = FileLock::try_take(&path, "x").unwrap() else {
                            std::thread::yield_now();
                            continue;
                        };
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(held);
                        taken += 1;
                    }
                });
            }
        });
    }
}
