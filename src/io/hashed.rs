//! Files and their SHA-256, taken while they are written or read.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::failure::{Failure, Result};
use crate::text::slashed;

use super::files::write_failure;
use super::folders::create_private_file;

/// Bytes read at a time.
const BUFFER: usize = 1 << 20;

/// A new file that only this user may read, and what has been written to it.
#[derive(Debug)]
pub struct HashedFile {
    path: PathBuf,
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl HashedFile {
    pub fn create(path: &Path) -> Result<Self> {
        Ok(Self {
            file: create_private_file(path).map_err(|error| write_failure(path, &error))?,
            path: path.to_path_buf(),
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file
            .write_all(bytes)
            .map_err(|error| write_failure(&self.path, &error))?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Sees to it that it is on the disk. Its size and digest.
    pub fn finish(self) -> Result<(u64, String)> {
        self.file
            .sync_all()
            .map_err(|error| write_failure(&self.path, &error))?;
        Ok((self.bytes, hexadecimal(&self.hash.finalize())))
    }
}

/// Size and digest of a file, read from the disk. `told` is given the bytes of each read.
pub fn of_file(path: &Path, told: &mut dyn FnMut(u64)) -> Result<(u64, String)> {
    let fail =
        |error: &std::io::Error| Failure::user(format!("cannot read `{}`", slashed(path))).because(error);
    let mut file = File::open(path).map_err(|error| fail(&error))?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; BUFFER];
    loop {
        match file.read(&mut buffer).map_err(|error| fail(&error))? {
            0 => return Ok((bytes, hexadecimal(&hash.finalize()))),
            count => {
                hash.update(&buffer[..count]);
                bytes += count as u64;
                told(count as u64);
            }
        }
    }
}

/// Sees to it that a file that someone else has written is on the disk.
pub fn sync(path: &Path) -> Result<()> {
    File::options()
        .write(true)
        .open(path)
        .and_then(|file| file.sync_all())
        .map_err(|error| write_failure(path, &error))
}

/// The digest of some bytes.
pub fn of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
