//! Files of local models: where they are, whether they are what they should be, and fetching them.
//!
//! A model is known by the length and SHA-256 of each of its files, so it does not matter where they come from: the model hub,
//! a Python package, or a folder of the user's. Checking 90 MB takes longer than a search; a folder that was checked is
//! remembered with the length and time of change of its files, and read again only when one of these differs.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::failure::{Failure, Kind, Result};
use crate::text::slashed;

use super::files;
use super::http::{Http, redacted};
use super::lock::FileLock;
use super::pip;

/// Where the public model hub is.
pub const HUB: &str = "https://huggingface.co";

/// Time between two looks at whether another process is done fetching.
const POLL: Duration = Duration::from_millis(100);

/// A file that a model needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFile {
    pub name: &'static str,
    pub bytes: u64,
    /// In hexadecimal.
    pub sha256: &'static str,
}

/// What has to be known of a model to fetch and check it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelSource {
    /// Its short name, which is also its folder's.
    pub name: &'static str,
    /// Owner and name on the model hub.
    pub repository: &'static str,
    /// Commit on the model hub.
    pub revision: &'static str,
    /// Requirement of a Python package that holds the same files.
    pub package: &'static str,
    /// The folder of the files inside that package.
    pub package_folder: &'static str,
    pub files: &'static [ModelFile],
}

/// Where models are looked for.
#[derive(Debug, Clone)]
pub struct Places {
    /// The folder with one folder for each model.
    pub cache: PathBuf,
    /// A folder with the files of the model, which comes first (`PACKWRIGHT_MODEL_DIR`).
    pub local: Option<PathBuf>,
}

/// How it stands with a model on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Ready(PathBuf),
    Missing,
    /// The folder and what is wrong in it.
    Damaged(PathBuf, String),
}

/// What a pull is doing.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// Another process fetches the same model.
    Waiting,
    /// Bytes of all files that are there, and how many there will be.
    Hub { file: &'a str, done: u64, total: u64 },
    /// The hub could not give it; the Python package comes next.
    HubFailed(&'a Failure),
    /// pip is at work.
    Package(&'a str),
    /// Digests are being computed.
    Checking,
}

/// What a pull came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    AlreadyThere,
    FromHub,
    FromPackage,
}

impl ModelSource {
    /// Length of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Looks for the model: in the user's own folder if there is one, else in the cache.
    pub fn find(&self, places: &Places) -> State {
        let folder = places
            .local
            .clone()
            .unwrap_or_else(|| places.cache.join(self.name));
        if places.local.is_none() && !files::exists(&folder) {
            return State::Missing;
        }
        match self.check(&folder, &places.cache) {
            None => State::Ready(folder),
            Some(fault) => State::Damaged(folder, fault),
        }
    }

    /// What is wrong with the files in `folder`. Digests are only computed when the files changed since they last were right.
    fn check(&self, folder: &Path, cache: &Path) -> Option<String> {
        let mut seen = Vec::new();
        for file in self.files {
            let path = folder.join(file.name);
            let metadata = match fs::metadata(&path) {
                Ok(metadata) => metadata,
                Err(error) => return Some(format!("`{}` cannot be read: {error}", slashed(&path))),
            };
            if metadata.len() != file.bytes {
                return Some(format!(
                    "`{}` has {} bytes instead of {}",
                    slashed(&path),
                    metadata.len(),
                    file.bytes
                ));
            }
            let modified = metadata
                .modified()
                .ok()
                .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            seen.push(Stamp {
                name: file.name.to_owned(),
                sha256: file.sha256.to_owned(),
                modified_nanoseconds: modified
                    .map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)),
            });
        }
        let note = stamp_path(folder, cache);
        let known: Option<Vec<Stamp>> = fs::read(&note)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if known.as_ref() == Some(&seen) {
            return None;
        }
        for file in self.files {
            if let Some(fault) = file.fault_at(&folder.join(file.name)) {
                return Some(fault);
            }
        }
        // A cache that cannot be written to only costs the time of checking again.
        if let Ok(text) = serde_json::to_vec_pretty(&seen) {
            let _ = files::write_atomically(&note, &text);
        }
        None
    }

    /// Fetches the model into the cache: from the hub, or where that fails through pip. What was fetched before is kept, so that
    /// an interrupted pull goes on; the model appears in one step, checked. Two pulls at once do no harm: the second waits.
    ///
    /// Fails naming what was tried when neither gives the files.
    pub async fn pull(
        &self,
        places: &Places,
        hub: &str,
        progress: &mut (dyn FnMut(Step<'_>) + Send),
    ) -> Result<Pulled> {
        let home = places.cache.join(self.name);
        if self.is_there(&home, places) {
            return Ok(Pulled::AlreadyThere);
        }
        files::create_folder(&places.cache)?;
        let _lock = self.lock(places, progress).await?;
        if self.is_there(&home, places) {
            return Ok(Pulled::AlreadyThere);
        }
        let partial = places.cache.join(format!("{}.partial", self.name));
        files::create_folder(&partial)?;
        let pulled = match self.fetch_from_hub(hub, &partial, progress).await {
            Ok(()) => Pulled::FromHub,
            Err(failure) if failure.kind == Kind::Interrupted => return Err(failure),
            Err(hub_failure) => {
                progress(Step::HubFailed(&hub_failure));
                match self.fetch_from_package(&places.cache, &partial, progress).await {
                    Ok(()) => Pulled::FromPackage,
                    Err(failure) => return Err(self.neither(hub, &hub_failure, &failure)),
                }
            }
        };
        self.settle(&partial, &home, places)?;
        Ok(pulled)
    }

    fn is_there(&self, home: &Path, places: &Places) -> bool {
        files::exists(home) && self.check(home, &places.cache).is_none()
    }

    async fn lock(&self, places: &Places, progress: &mut (dyn FnMut(Step<'_>) + Send)) -> Result<FileLock> {
        let path = places.cache.join(format!("{}.lock", self.name));
        let mut told = false;
        loop {
            if let Some(lock) = FileLock::try_take(&path, "packwright model pull")? {
                return Ok(lock);
            }
            if !told {
                progress(Step::Waiting);
                told = true;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn fetch_from_hub(
        &self,
        hub: &str,
        partial: &Path,
        progress: &mut (dyn FnMut(Step<'_>) + Send),
    ) -> Result<()> {
        let http = Http::new()?;
        let total = self.bytes();
        let mut before = 0;
        for file in self.files {
            let path = partial.join(file.name);
            let url = format!(
                "{}/{}/resolve/{}/{}",
                hub.trim_end_matches('/'),
                self.repository,
                self.revision,
                file.name
            );
            let resumed = fs::metadata(&path).is_ok_and(|metadata| metadata.len() > 0);
            for again in [resumed, false] {
                let mut tell = |done| {
                    progress(Step::Hub {
                        file: file.name,
                        done: before + done,
                        total,
                    });
                };
                http.download(&url, &path, file.bytes, &mut tell).await?;
                let Some(fault) = file.fault_at(&path) else {
                    break;
                };
                let _ = fs::remove_file(&path);
                // What lay there from an earlier run may have been wrong: one fresh start.
                if !again {
                    return Err(
                        Failure::user(format!("`{}` gave the wrong file", redacted(&url))).caused_by(fault)
                    );
                }
            }
            before += file.bytes;
        }
        Ok(())
    }

    async fn fetch_from_package(
        &self,
        cache: &Path,
        partial: &Path,
        progress: &mut (dyn FnMut(Step<'_>) + Send),
    ) -> Result<()> {
        progress(Step::Package(self.package));
        let scratch = files::scratch_folder(cache)?;
        let target = scratch.path().join("package");
        pip::install(self.package, &target).await?;
        progress(Step::Checking);
        for file in self.files {
            let found = target.join(self.package_folder).join(file.name);
            if let Some(fault) = file.fault_at(&found) {
                return Err(Failure::user(format!(
                    "the Python package `{}` is not the one expected",
                    self.package
                ))
                .caused_by(fault)
                .hint("check which index or mirror pip takes packages from (`python3 -m pip config list`)"));
            }
            File::open(&found)
                .and_then(|file| file.sync_all())
                .and_then(|()| fs::rename(&found, partial.join(file.name)))
                .map_err(|error| {
                    Failure::user(format!("cannot move `{}` into place", slashed(&found))).because(&error)
                })?;
        }
        Ok(())
    }

    /// Gives the finished folder its name; what was there before was damaged and goes.
    fn settle(&self, partial: &Path, home: &Path, places: &Places) -> Result<()> {
        let fail = |error: &std::io::Error| {
            Failure::user(format!("cannot write `{}`", slashed(home))).because(error)
        };
        let old = files::scratch_folder(&places.cache)?;
        if files::exists(home) {
            fs::rename(home, old.path().join("old")).map_err(|error| fail(&error))?;
        }
        fs::rename(partial, home).map_err(|error| fail(&error))?;
        match self.check(home, &places.cache) {
            None => Ok(()),
            Some(fault) => Err(Failure::user(format!("`{}` is damaged", slashed(home))).caused_by(fault)),
        }
    }

    fn neither(&self, hub: &str, from_hub: &Failure, from_package: &Failure) -> Failure {
        let list = self
            .files
            .iter()
            .map(|file| format!("`{}`", file.name))
            .collect::<Vec<_>>()
            .join(", ");
        let mut failure = Failure::user(format!("the model `{}` cannot be fetched", self.name))
            .caused_by(format!("tried the model hub at {}: {from_hub}", redacted(hub)))
            .caused_by(format!("tried pip with `{}`: {from_package}", self.package));
        failure
            .hints
            .extend(from_hub.hints.iter().chain(&from_package.hints).cloned());
        failure
            .hint("behind a mirror of the hub, set `HF_ENDPOINT`; pip takes its index from its own settings")
            .hint(format!(
                "or fetch {list} of `{}` on another machine and set `PACKWRIGHT_MODEL_DIR` to their folder",
                self.repository
            ))
    }
}

impl ModelFile {
    /// What is wrong with the file at `path`, read whole.
    fn fault_at(&self, path: &Path) -> Option<String> {
        match digest(path) {
            Err(error) => Some(format!("`{}` cannot be read: {error}", slashed(path))),
            Ok(found) if found == self.sha256 => None,
            Ok(found) => Some(format!(
                "`{}` has SHA-256 {found} instead of {}",
                slashed(path),
                self.sha256
            )),
        }
    }
}

/// What was known of a file when its digest was right.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    name: String,
    sha256: String,
    modified_nanoseconds: u64,
}

fn stamp_path(folder: &Path, cache: &Path) -> PathBuf {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let name = hex(&Sha256::digest(folder.to_string_lossy().as_bytes()));
    cache.join("checked").join(format!("{}.json", &name[..16]))
}

fn digest(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&block[..read]);
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to memory does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    String::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[ModelFile] = &[ModelFile {
        name: "vocab.txt",
        bytes: 3,
        // Of `abc`, the example in FIPS 180-4.
        sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }];

    const MODEL: ModelSource = ModelSource {
        name: "tiny",
        repository: "me/tiny",
        revision: "1",
        package: "tiny==1",
        package_folder: "tiny",
        files: FILES,
    };

    #[test]
    fn a_model_is_missing_damaged_or_ready() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places {
            cache: folder.path().join("models"),
            local: None,
        };
        assert_eq!(MODEL.find(&places), State::Missing);
        let home = places.cache.join("tiny");
        fs::create_dir_all(&home).unwrap();
        let fault = |state: State| match state {
            State::Damaged(_, fault) => fault,
            other => panic!("{other:?}"),
        };
        assert!(fault(MODEL.find(&places)).contains("cannot be read"));
        fs::write(home.join("vocab.txt"), "abcd").unwrap();
        assert!(fault(MODEL.find(&places)).contains("has 4 bytes instead of 3"));
        fs::write(home.join("vocab.txt"), "abd").unwrap();
        assert!(fault(MODEL.find(&places)).contains("has SHA-256 a52d159f"));
        fs::write(home.join("vocab.txt"), "abc").unwrap();
        assert_eq!(MODEL.find(&places), State::Ready(home.clone()));
        assert_eq!(MODEL.find(&places), State::Ready(home));
    }

    #[test]
    fn a_file_changed_after_checking_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places {
            cache: folder.path().join("models"),
            local: Some(folder.path().to_path_buf()),
        };
        let path = folder.path().join("vocab.txt");
        fs::write(&path, "abc").unwrap();
        assert!(matches!(MODEL.find(&places), State::Ready(_)));
        fs::write(&path, "abd").unwrap();
        let later = fs::metadata(&path).unwrap().modified().unwrap() + Duration::from_secs(5);
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(later)
            .unwrap();
        assert!(matches!(MODEL.find(&places), State::Damaged(..)));
    }
}
