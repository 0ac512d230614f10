//! The list of what a published folder holds: it tells a publication from any other folder, and a whole one from a damaged one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::digest;
use super::manifest::json;
use super::tree::{File, check_path};

/// Where the list lies in a published folder.
pub const FILE_NAME: &str = ".claude-plugin/published.json";

const SCHEMA_VERSION: u32 = 1;

/// A published folder in one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    schema_version: u32,
    /// By name of the pack.
    pub packs: BTreeMap<String, IndexedPack>,
    /// Every file but this list itself: path to mode and SHA-256, as in `644 9f86d0…`.
    pub files: BTreeMap<String, String>,
}

/// One pack in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexedPack {
    pub version: String,
    /// Framed tree hash of its files.
    pub digest: String,
}

/// `644` or `755` and the SHA-256 of the content: what stands behind a file in the list and in the lock file.
pub fn stamp(file: &File) -> String {
    let mode = if file.executable { "755" } else { "644" };
    format!("{mode} {}", digest::of_bytes(&file.contents))
}

impl Index {
    /// The list of `files`.
    pub fn of(packs: BTreeMap<String, IndexedPack>, files: &[File]) -> Self {
        let files = files.iter().filter(|file| file.path != FILE_NAME);
        Self {
            schema_version: SCHEMA_VERSION,
            packs,
            files: files.map(|file| (file.path.clone(), stamp(file))).collect(),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        json(self)
    }

    /// Reads a list; the error says in words what is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let index: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if index.schema_version != SCHEMA_VERSION {
            return Err(format!(
                "it has `schema_version` {}; this packwright knows {SCHEMA_VERSION}",
                index.schema_version
            ));
        }
        index.files.keys().try_for_each(|path| check_path(path))?;
        Ok(index)
    }

    /// Where `files` differ from the list, ordered by path.
    pub fn differences(&self, files: &[File]) -> Vec<String> {
        let mut found = BTreeMap::new();
        for file in files.iter().filter(|file| file.path != FILE_NAME) {
            match self.files.get(&file.path) {
                None => drop(found.insert(file.path.clone(), "was added")),
                Some(known) if *known != stamp(file) => drop(found.insert(file.path.clone(), "was changed")),
                Some(_) => {}
            }
        }
        for path in self.files.keys() {
            if !files.iter().any(|file| file.path == *path) {
                found.insert(path.clone(), "is missing");
            }
        }
        found
            .into_iter()
            .map(|(path, what)| format!("`{path}` {what}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, contents: &str) -> File {
        File {
            path: path.to_owned(),
            executable: path.starts_with('b'),
            contents: contents.into(),
        }
    }

    #[test]
    fn a_list_is_read_back_and_finds_every_difference() {
        let files = [file("a", "1"), file("b.sh", "2"), file("c", "3")];
        let index = Index::of(BTreeMap::new(), &files);
        let read = Index::read(&index.bytes()).unwrap();
        assert_eq!(read, index);
        assert_eq!(read.differences(&files), Vec::<String>::new());
        let mut changed = vec![file("a", "1"), file("b.sh", "2"), file("d", "4")];
        changed[1].executable = false;
        assert_eq!(
            read.differences(&changed),
            ["`b.sh` was changed", "`c` is missing", "`d` was added"]
        );
    }

    #[test]
    fn foreign_lists_are_refused() {
        for (text, why) in [
            ("", "EOF"),
            ("{}", "missing field"),
            (
                r#"{"schema_version":2,"packs":{},"files":{}}"#,
                "this packwright knows 1",
            ),
            (
                r#"{"schema_version":1,"packs":{},"files":{"../x":""}}"#,
                "leave its folder",
            ),
        ] {
            let fault = Index::read(text.as_bytes()).unwrap_err();
            assert!(fault.contains(why), "{fault}");
        }
    }
}
