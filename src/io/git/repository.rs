//! Repositories on this machine: what is committed, what is not, new objects.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Oid, StatusOptions};

use crate::failure::{Failure, Result};
use crate::text::slashed;

/// An opened repository.
pub struct Repository {
    inner: git2::Repository,
}

impl fmt::Debug for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Repository({})", slashed(self.inner.path()))
    }
}

/// The commit that is checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// 40 hexadecimal digits.
    pub commit: String,
    /// Committer's time, in seconds since the Unix epoch.
    pub seconds: i64,
}

/// What an entry of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeKind {
    File { executable: bool },
    Link,
    Submodule,
}

/// The name of a stored file: 40 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob(Oid);

/// One file of a commit. Its path is as raw as git keeps it: check it before using it anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    pub path: String,
    pub kind: TreeKind,
    pub blob: Blob,
}

/// Who makes a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub name: String,
    pub email: String,
}

/// A commit to write.
#[derive(Debug, Clone)]
pub struct NewCommit<'a> {
    /// The complete tree.
    pub entries: &'a [TreeEntry],
    /// The commit before it, if any.
    pub parent: Option<&'a str>,
    pub message: &'a str,
    pub author: &'a Identity,
    /// Seconds since the Unix epoch.
    pub seconds: i64,
}

impl Repository {
    /// The repository that `folder` lies in, or nothing when it lies in none.
    pub fn discover(folder: &Path) -> Result<Option<Self>> {
        let folder = if folder == Path::new("") {
            Path::new(".")
        } else {
            folder
        };
        match git2::Repository::discover(folder) {
            Ok(inner) => Ok(Some(Self { inner })),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(Self::failure(folder, "open", &error)),
        }
    }

    /// Whether `folder` is itself a repository: bare, or with a `.git` of its own.
    pub fn is_at(folder: &Path) -> bool {
        git2::Repository::open_ext(
            folder,
            git2::RepositoryOpenFlags::NO_SEARCH,
            std::iter::empty::<&Path>(),
        )
        .is_ok()
    }

    /// Opens the repository at `folder`.
    pub fn open(folder: &Path) -> Result<Self> {
        git2::Repository::open(folder)
            .map(|inner| Self { inner })
            .map_err(|error| Self::failure(folder, "open", &error))
    }

    /// A new, empty, bare repository in `folder`, without hooks or templates.
    pub fn create_bare(folder: &Path) -> Result<Self> {
        let mut options = git2::RepositoryInitOptions::new();
        options.bare(true).external_template(false).no_reinit(true);
        git2::Repository::init_opts(folder, &options)
            .map(|inner| Self { inner })
            .map_err(|error| Self::failure(folder, "create", &error))
    }

    fn failure(folder: &Path, verb: &str, error: &git2::Error) -> Failure {
        let failure = Failure::user(format!("cannot {verb} the git repository `{}`", slashed(folder)))
            .caused_by(error.message().to_owned());
        match error.code() {
            ErrorCode::Owner => failure.hint(format!(
                "it belongs to someone else; if you trust it: `git config --global --add safe.directory {}`",
                slashed(folder)
            )),
            _ => failure,
        }
    }

    fn fail(&self, doing: &str, error: &git2::Error) -> Failure {
        Failure::user(format!(
            "cannot {doing} in the git repository `{}`",
            slashed(&self.folder())
        ))
        .caused_by(error.message().to_owned())
    }

    /// The repository's own folder: `.git`, or all of a bare one.
    pub fn folder(&self) -> PathBuf {
        self.inner.path().to_path_buf()
    }

    /// Whether nothing is checked out from it.
    pub fn is_bare(&self) -> bool {
        self.inner.is_bare()
    }

    /// The path of `folder` from the root of the checked out files, with `/` and without one at the end; empty for the root
    /// itself. Nothing when it lies elsewhere.
    pub fn prefix_of(&self, folder: &Path) -> Option<String> {
        let root = std::fs::canonicalize(self.inner.workdir()?).ok()?;
        let folder = std::fs::canonicalize(folder).ok()?;
        Some(slashed(folder.strip_prefix(root).ok()?))
    }

    /// Whether the checked out files ignore the folder at `path`.
    pub fn ignores(&self, path: &str) -> bool {
        !path.is_empty() && self.inner.is_path_ignored(format!("{path}/")).unwrap_or(false)
    }

    /// The branch that `HEAD` names, whether it has a commit yet or not: `refs/heads/main`.
    pub fn head_branch(&self) -> Option<String> {
        let head = self.inner.find_reference("HEAD").ok()?;
        head.symbolic_target().ok().flatten().map(str::to_owned)
    }

    /// The commit that is checked out; nothing before the first one.
    pub fn head(&self) -> Result<Option<Head>> {
        let reference = match self.inner.head() {
            Ok(reference) => reference,
            Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
                return Ok(None);
            }
            Err(error) => return Err(self.fail("find the current commit", &error)),
        };
        let commit = reference
            .peel_to_commit()
            .map_err(|error| self.fail("read the current commit", &error))?;
        Ok(Some(Head {
            commit: commit.id().to_string(),
            seconds: commit.time().seconds(),
        }))
    }

    /// Files below `prefix` that differ from the current commit, and files that are neither committed nor ignored; each with
    /// `new`, `changed` or `gone` before its path, ordered by path.
    pub fn uncommitted(&self, prefix: &str) -> Result<Vec<String>> {
        let mut options = StatusOptions::new();
        options
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .include_ignored(false)
            .exclude_submodules(true)
            .disable_pathspec_match(true);
        if !prefix.is_empty() {
            options.pathspec(prefix);
        }
        let statuses = self
            .inner
            .statuses(Some(&mut options))
            .map_err(|error| self.fail("compare the files with the current commit", &error))?;
        let mut found: Vec<(String, &str)> = statuses
            .iter()
            .map(|entry| {
                let status = entry.status();
                let verb = if status.is_wt_deleted() || status.is_index_deleted() {
                    "gone"
                } else if status.is_wt_new() || status.is_index_new() {
                    "new"
                } else {
                    "changed"
                };
                (String::from_utf8_lossy(entry.path_bytes()).into_owned(), verb)
            })
            .collect();
        found.sort();
        Ok(found
            .into_iter()
            .map(|(path, verb)| format!("{verb} `{path}`"))
            .collect())
    }

    /// The files that differ between a revision and the working folder, untracked ones too, as absolute paths without links.
    /// Deleted files are there as well, since what they belonged to has changed.
    pub fn changed_since(&self, revision: &str) -> Result<BTreeSet<PathBuf>> {
        let top = self
            .inner
            .workdir()
            .and_then(|top| std::fs::canonicalize(top).ok());
        let top = top.ok_or_else(|| {
            Failure::user(format!(
                "nothing is checked out from `{}`",
                slashed(&self.folder())
            ))
            .hint("run this where the files are checked out")
        })?;
        let failed = |error: git2::Error| {
            Failure::user(format!("cannot compare the working folder with `{revision}`")).because(&error)
        };
        let tree = self.revision(revision)?.peel_to_tree().map_err(failed)?;
        let mut options = git2::DiffOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true);
        let diff = self
            .inner
            .diff_tree_to_workdir_with_index(Some(&tree), Some(&mut options))
            .map_err(failed)?;
        let paths = diff
            .deltas()
            .flat_map(|delta| [delta.old_file().path(), delta.new_file().path()]);
        Ok(paths.flatten().map(|path| top.join(path)).collect())
    }

    fn revision(&self, revision: &str) -> Result<git2::Object<'_>> {
        self.inner.revparse_single(revision).map_err(|error| {
            let failure = Failure::user(format!("there is no git revision `{revision}`"));
            // What libgit2 says of a name that it does not know says no more.
            let failure = match error.code() {
                ErrorCode::NotFound => failure,
                _ => failure.because(&error),
            };
            failure
                .hint("name a commit, branch or tag, for example `main` or `HEAD~1`; a shallow clone has few")
        })
    }

    /// The commit that a revision as people write it leads to: `main`, `HEAD~1`, a tag, the first letters of a commit.
    pub fn commit_of_revision(&self, revision: &str) -> Result<String> {
        let commit = self.revision(revision)?.peel_to_commit().map_err(|error| {
            Failure::user(format!("the git revision `{revision}` is no commit")).because(&error)
        })?;
        Ok(commit.id().to_string())
    }

    /// The newest commit that `HEAD` and `commit` both come from, or nothing when they have none in common.
    pub fn fork_from(&self, commit: &str) -> Result<Option<String>> {
        let found = self
            .inner
            .revparse_single("HEAD")
            .and_then(|head| Ok((head.peel_to_commit()?.id(), Oid::from_str(commit)?)))
            .and_then(|(head, other)| self.inner.merge_base(head, other));
        match found {
            Ok(fork) => Ok(Some(fork.to_string())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(self.fail(&format!("find where this branch left `{commit}`"), &error)),
        }
    }

    /// The files that lie directly in a folder of a commit, with their bytes; none when there is no such folder.
    pub fn files_in(&self, commit: &str, folder: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let failed = |error: git2::Error| self.fail(&format!("read `{folder}` of `{commit}`"), &error);
        let root = self.commit(commit)?.tree().map_err(failed)?;
        let tree = if folder.is_empty() {
            root
        } else {
            match root.get_path(Path::new(folder)) {
                Ok(entry) => entry
                    .to_object(&self.inner)
                    .and_then(|object| object.peel_to_tree())
                    .map_err(failed)?,
                Err(error) if error.code() == ErrorCode::NotFound => return Ok(Vec::new()),
                Err(error) => return Err(failed(error)),
            }
        };
        let blobs = tree.iter().filter(|entry| entry.kind() == Some(ObjectType::Blob));
        blobs
            .map(|entry| {
                let name = String::from_utf8_lossy(entry.name_bytes()).into_owned();
                let blob = self.inner.find_blob(entry.id()).map_err(failed)?;
                Ok((name, blob.content().to_vec()))
            })
            .collect()
    }

    /// `user.name` and `user.email` as git has them set, where it has.
    pub fn identity(&self) -> Option<Identity> {
        let signature = self.inner.signature().ok()?;
        Some(Identity {
            name: signature.name().ok()?.to_owned(),
            email: signature.email().ok()?.to_owned(),
        })
    }

    /// The commit that a reference, tag or commit name leads to.
    pub fn commit_of(&self, name: &str) -> Result<String> {
        self.commit(name).map(|commit| commit.id().to_string())
    }

    fn commit(&self, name: &str) -> Result<git2::Commit<'_>> {
        let found = match Oid::from_str(name) {
            Ok(id) => self.inner.find_object(id, None),
            Err(_) => self
                .inner
                .find_reference(name)
                .and_then(|found| found.peel(ObjectType::Any)),
        };
        found
            .and_then(|object| object.peel_to_commit())
            .map_err(|error| self.fail(&format!("find the commit `{name}`"), &error))
    }

    /// Every file of a commit, in git's order; folders are not entries. Limited to `most` entries, so that a hostile tree cannot
    /// fill the memory.
    pub fn files(&self, commit: &str, most: usize) -> Result<Vec<TreeEntry>> {
        let tree = self
            .commit(commit)?
            .tree()
            .map_err(|error| self.fail(&format!("read the tree of `{commit}`"), &error))?;
        let mut files = Vec::new();
        let mut too_many = false;
        let walked = tree.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
            let kind = match (entry.kind(), entry.filemode()) {
                (Some(ObjectType::Tree), _) => return git2::TreeWalkResult::Ok,
                (Some(ObjectType::Commit), _) => TreeKind::Submodule,
                (_, 0o120_000) => TreeKind::Link,
                (_, mode) => TreeKind::File {
                    executable: mode & 0o111 != 0,
                },
            };
            too_many = files.len() >= most;
            if too_many {
                return git2::TreeWalkResult::Abort;
            }
            files.push(TreeEntry {
                path: format!("{folder}{}", String::from_utf8_lossy(entry.name_bytes())),
                kind,
                blob: Blob(entry.id()),
            });
            git2::TreeWalkResult::Ok
        });
        if too_many {
            return Err(Failure::user(format!("`{commit}` holds more than {most} files")));
        }
        walked.map_err(|error| self.fail(&format!("read the tree of `{commit}`"), &error))?;
        Ok(files)
    }

    /// Size of a stored file in bytes, without reading it.
    pub fn size(&self, blob: &Blob) -> Result<u64> {
        let header = self.inner.odb().and_then(|objects| objects.read_header(blob.0));
        header
            .map(|(size, _)| size as u64)
            .map_err(|error| self.fail(&format!("find the file `{}`", blob.0), &error))
    }

    /// The bytes of a stored file.
    pub fn read(&self, blob: &Blob) -> Result<Vec<u8>> {
        self.inner
            .find_blob(blob.0)
            .map(|found| found.content().to_vec())
            .map_err(|error| self.fail(&format!("read the file `{}`", blob.0), &error))
    }

    /// Stores bytes.
    pub fn write(&self, contents: &[u8]) -> Result<Blob> {
        self.inner
            .blob(contents)
            .map(Blob)
            .map_err(|error| self.fail("store a file", &error))
    }

    /// Name of the tree of a commit.
    pub fn tree_of(&self, commit: &str) -> Result<String> {
        Ok(self.commit(commit)?.tree_id().to_string())
    }

    /// Writes a commit that no reference leads to yet. The same values give the same commit.
    pub fn write_commit(&self, new: &NewCommit<'_>) -> Result<String> {
        self.try_write_commit(new)
            .map_err(|error| self.fail("write a commit", &error))
    }

    fn try_write_commit(&self, new: &NewCommit<'_>) -> Result<String, git2::Error> {
        let mut index = git2::Index::new()?;
        for entry in new.entries {
            index.add(&git2::IndexEntry {
                ctime: git2::IndexTime::new(0, 0),
                mtime: git2::IndexTime::new(0, 0),
                dev: 0,
                ino: 0,
                mode: match entry.kind {
                    TreeKind::File { executable: true } => 0o100_755,
                    TreeKind::File { executable: false } => 0o100_644,
                    TreeKind::Link => 0o120_000,
                    TreeKind::Submodule => 0o160_000,
                },
                uid: 0,
                gid: 0,
                file_size: 0,
                id: entry.blob.0,
                flags: 0,
                flags_extended: 0,
                path: entry.path.clone().into_bytes(),
            })?;
        }
        let tree = self.inner.find_tree(index.write_tree_to(&self.inner)?)?;
        let signature = signature(new.author, new.seconds)?;
        let parent = new
            .parent
            .map(|parent| Oid::from_str(parent).and_then(|id| self.inner.find_commit(id)))
            .transpose()?;
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        let id = self
            .inner
            .commit(None, &signature, &signature, new.message, &tree, &parents)?;
        Ok(id.to_string())
    }

    /// Puts an annotated tag on a commit.
    pub fn tag(
        &self,
        name: &str,
        commit: &str,
        message: &str,
        author: &Identity,
        seconds: i64,
    ) -> Result<()> {
        let target = self.commit(commit)?.into_object();
        signature(author, seconds)
            .and_then(|signature| self.inner.tag(name, &target, &signature, message, false))
            .map(|_| ())
            .map_err(|error| self.fail(&format!("write the tag `{name}`"), &error))
    }
}

fn signature(author: &Identity, seconds: i64) -> Result<git2::Signature<'static>, git2::Error> {
    git2::Signature::new(&author.name, &author.email, &git2::Time::new(seconds, 0))
}
