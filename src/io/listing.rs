//! What lies in a folder, as a value: one walk serves every folder below it.

use std::sync::Arc;

use super::files::{Entry, EntryKind, SKIPPED_FOLDERS};

/// The entries below one folder of a walked tree.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Ordered by path. Nothing is known of any file when it is missing.
    entries: Option<Arc<[Entry]>>,
    /// The folder in the tree, with a final `/`; empty for its root.
    prefix: String,
}

/// What a listing knows of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    File {
        executable: bool,
    },
    Folder,
    /// Nothing is there; `Some` is a path that differs only in the case of its letters.
    Missing {
        similar: Option<String>,
    },
    /// It lies behind a link, in a folder that is not walked, or the listing knows nothing.
    Unknown,
}

impl Listing {
    /// The listing of `folder` (`""` for the root) in a walked tree, whose entries are ordered by path.
    pub fn new(entries: Arc<[Entry]>, folder: &str) -> Self {
        Self {
            entries: Some(entries),
            prefix: if folder.is_empty() {
                String::new()
            } else {
                format!("{folder}/")
            },
        }
    }

    /// A listing that knows nothing of any file.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// A listing of files for examples and tests; a path that ends in `/` is a folder, one that ends in `*` may be run.
    pub fn of(paths: &[&str]) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        for path in paths {
            let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
            let folders = folders.map(|folder| (folder, EntryKind::Folder));
            let executable = path.ends_with('*');
            let file = (
                path.trim_end_matches('*'),
                EntryKind::File { bytes: 1, executable },
            );
            let file = (!path.ends_with('/')).then_some(file);
            entries.extend(folders.chain(file).map(|(path, kind)| Entry::new(path, kind)));
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|a, b| a.path == b.path);
        Self::new(entries.into(), "")
    }

    /// The listing of a folder below this one.
    #[must_use]
    pub fn below(&self, folder: &str) -> Self {
        let folder = normal(folder);
        Self {
            entries: self.entries.clone(),
            prefix: match folder.as_str() {
                "" => self.prefix.clone(),
                _ => format!("{}{folder}/", self.prefix),
            },
        }
    }

    /// Whether it knows its files.
    pub fn is_known(&self) -> bool {
        self.entries.is_some()
    }

    /// What lies at `path`, which may begin with `./`. Whether a file may be run is known on Unix only.
    pub fn look(&self, path: &str) -> Lookup {
        let Some(entries) = &self.entries else {
            return Lookup::Unknown;
        };
        let path = normal(path);
        if path.is_empty() {
            return Lookup::Folder;
        }
        let whole = format!("{}{path}", self.prefix);
        if whole.split('/').any(|part| SKIPPED_FOLDERS.contains(&part)) {
            return Lookup::Unknown;
        }
        let find = |path: &str| {
            entries
                .binary_search_by(|entry| entry.path.as_str().cmp(path))
                .ok()
        };
        for (end, _) in whole.match_indices('/') {
            let above = find(&whole[..end]).map(|at| &entries[at].kind);
            if matches!(above, Some(EntryKind::Link { .. } | EntryKind::Other)) {
                return Lookup::Unknown;
            }
        }
        match find(&whole).map(|at| &entries[at].kind) {
            Some(EntryKind::File { executable, .. }) => Lookup::File {
                executable: *executable || !cfg!(unix),
            },
            Some(EntryKind::Folder) => Lookup::Folder,
            Some(EntryKind::Link { .. } | EntryKind::Other) => Lookup::Unknown,
            None => {
                let similar = entries
                    .iter()
                    .find(|entry| entry.path.eq_ignore_ascii_case(&whole));
                Lookup::Missing {
                    similar: similar.map(|entry| entry.path[self.prefix.len()..].to_owned()),
                }
            }
        }
    }

    /// The entries below the folder, with their paths from it.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &EntryKind)> {
        let entries = self.entries.as_deref().unwrap_or_default();
        let first = entries.partition_point(|entry| entry.path.as_str() < self.prefix.as_str());
        let below = entries[first..]
            .iter()
            .take_while(|entry| entry.path.starts_with(&self.prefix));
        below.map(|entry| (&entry.path[self.prefix.len()..], &entry.kind))
    }
}

/// A path without `./`, doubled and final slashes.
fn normal(path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_missing() {
        let mut entries: Vec<Entry> = Listing::of(&["a/scripts/Run.sh*", "a/agents/", "b/x"])
            .entries
            .unwrap()
            .to_vec();
        let target = "../x".into();
        entries.push(Entry::new("shared", EntryKind::Link { target }));
        let all = Listing::new(entries.into(), "");
        let listing = all.below("./a/");
        assert_eq!(
            listing.look("./scripts//Run.sh"),
            Lookup::File { executable: true }
        );
        assert_eq!(listing.look("agents/"), Lookup::Folder);
        assert_eq!(listing.look("./"), Lookup::Folder);
        assert_eq!(listing.look("x"), Lookup::Missing { similar: None });
        let similar = Some("scripts/Run.sh".to_owned());
        assert_eq!(listing.look("scripts/run.sh"), Lookup::Missing { similar });
        assert_eq!(all.look("shared/x"), Lookup::Unknown, "behind a link");
        assert_eq!(all.look("node_modules/x"), Lookup::Unknown, "never walked");
        assert_eq!(Listing::unknown().look("x"), Lookup::Unknown);
        let paths: Vec<&str> = listing.entries().map(|(path, _)| path).collect();
        assert_eq!(paths, ["agents", "scripts", "scripts/Run.sh"]);
    }
}
