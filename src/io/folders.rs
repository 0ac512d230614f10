//! Folders that come and go as a whole, and are nobody else's to read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::failure::{Failure, Result};
use crate::text::slashed;

use super::files::{exists, parent_of, sync_folder, write_failure};

/// Makes a folder that only this user may enter. It must not be there, the one above it must.
pub fn create_private(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path).map_err(|error| write_failure(path, &error))
}

/// Makes a file that only this user may read, with these contents, on the disk when this returns.
pub fn write_private(path: &Path, contents: &[u8]) -> Result<()> {
    create_private_file(path)
        .and_then(|mut file| {
            file.write_all(contents)?;
            file.sync_all()
        })
        .map_err(|error| write_failure(path, &error))
}

/// A new file that only this user may read.
pub(super) fn create_private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Gives a folder its final name. What is in it must be on the disk; the name is when this returns.
pub fn publish(from: &Path, to: &Path) -> Result<()> {
    if exists(to) {
        return Err(Failure::user(format!("`{}` is there already", slashed(to))));
    }
    sync_folder(from)
        .and_then(|()| fs::rename(from, to))
        .and_then(|()| sync_folder(parent_of(to)))
        .map_err(|error| write_failure(to, &error))
}

/// Gives a file another name, in the same folder.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to)
        .and_then(|()| sync_folder(parent_of(to)))
        .map_err(|error| write_failure(to, &error))
}

/// Removes a folder with everything in it; one that is not there is as good as removed.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Failure::user(format!("cannot remove `{}`", slashed(path))).because(&error))
        }
        _ => Ok(()),
    }
}
