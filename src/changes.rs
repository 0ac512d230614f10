//! What will change: files to create, edit, link and remove, known before anything is touched.
//!
//! A mutating verb builds a [`ChangeSet`], shows it, and hands it to `io::files::apply`; `--dry-run` stops after the showing.

use std::path::{Path, PathBuf};

/// One file system change. Paths are relative to the root of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new file; it must not exist yet.
    Create {
        path: PathBuf,
        contents: Vec<u8>,
        executable: bool,
    },
    /// New contents for a file that holds `before` now; refused when it holds anything else by the time it is applied.
    Edit {
        path: PathBuf,
        before: Vec<u8>,
        after: Vec<u8>,
    },
    /// A symbolic link at `path` that reads `target`, relative to the link's own folder. A link that is there is replaced.
    Link { path: PathBuf, target: PathBuf },
    /// A file or link to remove.
    Remove { path: PathBuf },
}

impl Change {
    pub fn path(&self) -> &Path {
        match self {
            Self::Create { path, .. }
            | Self::Edit { path, .. }
            | Self::Link { path, .. }
            | Self::Remove { path } => path,
        }
    }

    /// `create`, `edit`, `link` or `remove`.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Edit { .. } => "edit",
            Self::Link { .. } => "link",
            Self::Remove { .. } => "remove",
        }
    }
}

/// Changes below one folder, applied together: all of them or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSet {
    pub root: PathBuf,
    pub changes: Vec<Change>,
}

impl ChangeSet {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            changes: Vec::new(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    pub fn create(&mut self, path: impl Into<PathBuf>, contents: impl Into<Vec<u8>>) {
        self.changes.push(Change::Create {
            path: path.into(),
            contents: contents.into(),
            executable: false,
        });
    }

    pub fn edit(&mut self, path: impl Into<PathBuf>, before: impl Into<Vec<u8>>, after: impl Into<Vec<u8>>) {
        self.changes.push(Change::Edit {
            path: path.into(),
            before: before.into(),
            after: after.into(),
        });
    }

    pub fn link(&mut self, path: impl Into<PathBuf>, target: impl Into<PathBuf>) {
        self.changes.push(Change::Link {
            path: path.into(),
            target: target.into(),
        });
    }

    pub fn remove(&mut self, path: impl Into<PathBuf>) {
        self.changes.push(Change::Remove { path: path.into() });
    }
}
