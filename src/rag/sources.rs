//! Which files an ingest looks at, and by which names it knows them.
//!
//! A document is known by its path relative to the repository (with `/`), or by its absolute path when it lies outside, so that
//! the working folder and the spelling of an argument make no other document of the same file.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::document::blocks::Markup;
use crate::failure::Result;
use crate::io::files::{self, EntryKind};
use crate::text::slashed;

/// Files above this are not ingested.
pub const MOST_BYTES: u64 = 10_000_000;

/// What is ingested when no path is given: those of these that are there.
const USUAL: &[&str] = &["skills", "agents", "docs", "README.md"];

/// Endings of files that are taken from a folder. A file that is named is taken whatever its ending.
const ENDINGS: &[(&str, Markup)] = &[
    ("md", Markup::Markdown),
    ("mdx", Markup::Markdown),
    ("markdown", Markup::Markdown),
    ("txt", Markup::Plain),
    ("rst", Markup::Plain),
];

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is.
    pub path: PathBuf,
    /// How it is known.
    pub name: String,
}

/// What the arguments of an ingest come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// Ordered by name, each once.
    pub files: Vec<SourceFile>,
    /// Names of the files and folders asked for; the empty one is the whole repository.
    pub scopes: Vec<String>,
    /// What could not be listed, and why.
    pub unreadable: Vec<(String, String)>,
    /// Paths asked for that are not there, with their names.
    pub missing: Vec<(PathBuf, String)>,
}

impl Sources {
    /// Lists the files of `paths`, or of the usual places in the repository at `root`.
    pub fn find(root: &Path, paths: &[PathBuf]) -> Result<Self> {
        let here = if root == Path::new("") {
            Path::new(".")
        } else {
            root
        };
        let root = files::canonical(here)?;
        let usual: Vec<PathBuf>;
        let paths = if paths.is_empty() {
            let found: Vec<PathBuf> = USUAL
                .iter()
                .map(|name| here.join(name))
                .filter(|path| files::exists(path))
                .collect();
            usual = if found.is_empty() {
                vec![here.to_path_buf()]
            } else {
                found
            };
            &usual
        } else {
            paths
        };
        let mut sources = Self::default();
        let mut found = BTreeMap::new();
        for path in paths {
            if !files::exists(path) {
                let scope = name(&root, &absolute(&root, here, path));
                sources.missing.push((path.clone(), scope.clone()));
                sources.scopes.push(scope);
                continue;
            }
            let canonical = files::canonical(path)?;
            let scope = name(&root, &canonical);
            if files::is_folder(&canonical) {
                let tree = files::walk(path)?;
                for entry in tree.entries {
                    if matches!(entry.kind, EntryKind::File { .. }) && markup_by_ending(&entry.path).is_some()
                    {
                        let path = path.join(&entry.path);
                        found.insert(below(&scope, &entry.path), path);
                    }
                }
                let unreadable = tree.unreadable.into_iter();
                sources
                    .unreadable
                    .extend(unreadable.map(|(path, why)| (below(&scope, &path), why)));
            } else {
                found.insert(scope.clone(), path.clone());
            }
            sources.scopes.push(scope);
        }
        sources.files = found
            .into_iter()
            .map(|(name, path)| SourceFile { path, name })
            .collect();
        Ok(sources)
    }

    /// Whether the file of a document of that name is gone: it would have been found.
    pub fn miss(&self, name: &str) -> bool {
        let found = self
            .files
            .binary_search_by(|file| file.name.as_str().cmp(name))
            .is_ok();
        let unseen = self.unreadable.iter().any(|(path, _)| covers(path, name));
        !found && !unseen && self.scopes.iter().any(|scope| covers(scope, name))
    }
}

/// Whether `name` is `scope` or lies below it.
pub fn covers(scope: &str, name: &str) -> bool {
    match name.strip_prefix(scope) {
        Some("") => true,
        Some(rest) if scope.is_empty() => !Path::new(rest).is_absolute(),
        Some(rest) => rest.starts_with('/'),
        None => false,
    }
}

/// How to read a file of that name; plain text when its ending says nothing.
pub fn markup(name: &str) -> Markup {
    markup_by_ending(name).unwrap_or(Markup::Plain)
}

fn markup_by_ending(name: &str) -> Option<Markup> {
    let ending = Path::new(name).extension()?.to_str()?.to_lowercase();
    ENDINGS
        .iter()
        .find(|(known, _)| *known == ending)
        .map(|&(_, markup)| markup)
}

fn name(root: &Path, canonical: &Path) -> String {
    slashed(canonical.strip_prefix(root).unwrap_or(canonical))
}

fn below(scope: &str, path: &str) -> String {
    match (scope, path) {
        ("", path) => path.to_owned(),
        (scope, "") => scope.to_owned(),
        (scope, path) => format!("{scope}/{path}"),
    }
}

/// The absolute path of something that is not there, without `.` and `..`. `root` is what the relative path `here` leads to.
fn absolute(root: &Path, here: &Path, path: &Path) -> PathBuf {
    let mut absolute = match path.strip_prefix(here) {
        Ok(inside) => root.join(inside),
        Err(_) => root.join(path),
    };
    // The nearest folder above that is there tells where links lead.
    let mut tail = Vec::new();
    while !files::exists(&absolute) {
        let Some(last) = absolute.components().next_back() else {
            break;
        };
        if let Component::Normal(last) = last {
            tail.push(last.to_os_string());
        }
        if !absolute.pop() {
            break;
        }
    }
    let mut full = files::canonical(&absolute).unwrap_or(absolute);
    full.extend(tail.into_iter().rev());
    full
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_what_lies_below_it() {
        assert!(covers("docs", "docs/a.md") && covers("docs", "docs"));
        assert!(!covers("docs", "docs2/a.md") && !covers("docs", "README.md"));
        assert!(covers("", "docs/a.md") && !covers("", "/elsewhere/a.md"));
        assert!(covers("/elsewhere", "/elsewhere/a.md"));
    }

    #[test]
    fn only_what_was_looked_for_and_not_found_is_gone() {
        let sources = Sources {
            files: vec![SourceFile {
                path: PathBuf::from("docs/a.md"),
                name: "docs/a.md".to_owned(),
            }],
            scopes: vec!["docs".to_owned()],
            unreadable: vec![("docs/locked".to_owned(), "no".to_owned())],
            missing: Vec::new(),
        };
        assert!(sources.miss("docs/b.md"));
        assert!(
            !sources.miss("docs/a.md") && !sources.miss("docs/locked/c.md") && !sources.miss("skills/d.md")
        );
    }

    #[test]
    fn endings_decide_how_a_file_is_read() {
        assert_eq!(markup("a/B.MD"), Markup::Markdown);
        assert_eq!(markup("a.rst"), Markup::Plain);
        assert_eq!(markup("Makefile"), Markup::Plain);
        assert_eq!(markup_by_ending("a.png"), None);
    }
}
