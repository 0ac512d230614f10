//! Files read in place: mapped into memory, so that only the pages that are touched are read, and shared between processes.

use std::fs::File;
use std::path::Path;

use crate::failure::{Failure, Result};
use crate::text::slashed;

/// The bytes of a file that lies still.
#[derive(Debug)]
pub struct Mapped(memmap2::Mmap);

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Maps the file at `path`. It must be one that nobody changes in place, such as the files of the model folder, which come and
/// go by renaming.
pub fn map(path: &Path) -> Result<Mapped> {
    let fail =
        |error: &std::io::Error| Failure::user(format!("cannot read `{}`", slashed(path))).because(error);
    let file = File::open(path).map_err(|error| fail(&error))?;
    map_file(&file).map(Mapped).map_err(|error| fail(&error))
}

#[expect(
    unsafe_code,
    reason = "mapping is unsafe: another program could change the file underneath"
)]
fn map_file(file: &File) -> std::io::Result<memmap2::Mmap> {
    // SAFETY: the callers map files of a model that was checked against its digests and that is replaced by renaming, never
    // written in place; the map keeps the old file alive. A user who edits it by hand meanwhile changes numbers, or ends this
    // process with a bus error by cutting it short.
    unsafe { memmap2::Mmap::map(file) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_what_reading_gives() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let contents: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        std::fs::write(&path, &contents).unwrap();
        assert_eq!(map(&path).unwrap().as_ref(), std::fs::read(&path).unwrap());
        assert!(
            map(&folder.path().join("missing"))
                .unwrap_err()
                .message
                .contains("missing")
        );
    }
}
