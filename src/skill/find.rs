//! From paths to skills: which folders hold one, and the bytes that are read of each.
//!
//! Long because what a skill is, where its files end and what lies around it are decided in one pass over one listing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::failure::{Failure, Result};
use crate::io::files::{self, Entry, EntryKind, Stamp, Tree};
use crate::text::slashed;

use super::FILE_NAME;
use super::around::{Around, Listed, PLUGIN};

/// Largest Markdown file beside `SKILL.md` that is read for its links. Claude Code skips files over 1 MiB too.
const MOST_PAGE_BYTES: u64 = 1024 * 1024;

/// Largest `SKILL.md` that is read.
const MOST_OWN_BYTES: u64 = 64 * 1024 * 1024;

/// Largest other text that is read: scripts, evals, data.
const MOST_TEXT_BYTES: u64 = 256 * 1024;

/// How much is read of a file that is not read as text: enough to tell what it is.
const HEAD_BYTES: usize = 16;

/// How far above a linted folder the top of its repository is looked for.
const MOST_LEVELS_ABOVE: usize = 12;

/// Folders among skills that hold what they share, and are not meant to be any.
const SHARED: &[&str] = &[
    "assets",
    "common",
    "docs",
    "evals",
    "examples",
    "lib",
    "references",
    "resources",
    "scripts",
    "shared",
    "templates",
    "tests",
    "tools",
];

/// Folders that skills have.
const PARTS: &[&str] = &["assets", "references", "scripts"];

/// Endings of files that hold no text, and are not read.
const BINARY: &[&str] = &[
    "7z", "a", "avif", "bin", "bmp", "class", "db", "dll", "docx", "dylib", "eot", "exe", "gif", "gz", "ico",
    "jar", "jpeg", "jpg", "mov", "mp3", "mp4", "o", "onnx", "otf", "parquet", "pdf", "png", "pptx", "pyc",
    "rar", "so", "sqlite", "svgz", "tar", "tgz", "tif", "tiff", "ttf", "wasm", "wav", "webm", "webp", "whl",
    "woff", "woff2", "xlsx", "xz", "zip", "zst",
];

/// The bytes of one skill, as they lie on disk.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// Path of the folder as findings show it.
    pub folder: String,
    /// Name of the folder itself.
    pub folder_name: String,
    /// Name of the file that was taken for `SKILL.md`.
    pub file_name: String,
    /// Its bytes, or why they cannot be read.
    pub text: Result<Vec<u8>, String>,
    /// Everything else in the folder, ordered by path from it.
    pub files: Vec<Entry>,
    /// Bytes of the other files that may be text, by path from the folder.
    pub texts: BTreeMap<String, Vec<u8>>,
    /// The first bytes of files that hold no text or too much of it, by path from the folder.
    pub heads: BTreeMap<String, Vec<u8>>,
    /// Files and folders in it that cannot be read, by path from the folder, and why.
    pub unreadable: BTreeMap<String, String>,
    pub around: Around,
}

/// A folder that holds a skill, or that stands where one is expected.
#[derive(Debug, Clone)]
pub struct Found {
    pub folder: PathBuf,
    /// Name of the file that is taken for `SKILL.md`, if one is there.
    pub file_name: Option<String>,
    /// What the walk was told of that file, when it is a plain one.
    pub page_stamp: Option<Stamp>,
    /// Everything else in the folder, ordered by path from it.
    pub files: Vec<Entry>,
    /// Files and folders in it that cannot be listed, by path from it, and why.
    pub unreadable: BTreeMap<String, String>,
    pub around: Around,
}

impl Found {
    /// Path of its `SKILL.md`, whether or not it is there.
    pub fn page(&self) -> PathBuf {
        self.folder.join(self.file_name.as_deref().unwrap_or(FILE_NAME))
    }
}

/// Every skill at or below the paths, each once, ordered by path. A path may name a `SKILL.md`, a skill's folder, or any folder
/// above. A path that is not there, or a file that is no `SKILL.md`, is a failure; a folder without skills is not.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Bundle>> {
    let mut found: BTreeMap<PathBuf, Found> = BTreeMap::new();
    for path in paths {
        let root = root_of(path)?;
        let tree = files::walk(&root)?;
        for skill in found_in(&root, &tree) {
            found.entry(skill.folder.clone()).or_insert(skill);
        }
    }
    let found: Vec<Found> = found.into_values().collect();
    Ok(files::in_parallel(&found, read))
}

fn root_of(path: &Path) -> Result<PathBuf> {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    if files::is_folder(path) {
        return Ok(path.to_path_buf());
    }
    if path
        .file_name()
        .is_some_and(|name| is_skill_file(&name.to_string_lossy()))
    {
        let parent = path.parent().filter(|parent| *parent != Path::new(""));
        let parent = parent.unwrap_or(Path::new("."));
        if files::exists(path) {
            return Ok(parent.to_path_buf());
        }
    } else if files::exists(path) {
        return Err(Failure::user(format!("`{}` is not a skill", slashed(path)))
            .hint("name a `SKILL.md`, a skill's folder, or a folder of skills"));
    }
    files::read(path).map(|_| path.to_path_buf())
}

fn is_skill_file(name: &str) -> bool {
    name.eq_ignore_ascii_case(FILE_NAME)
}

/// Whether the path ends like a Markdown file's.
pub(super) fn is_markdown(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("mdx")
}

/// Cuts a listing into skills: a folder that holds a `SKILL.md`, and children of a folder named `skills` that hold none though
/// they hold other files.
pub fn found_in(root: &Path, tree: &Tree) -> Vec<Found> {
    found_below(root, tree, names_above(root))
}

fn found_below(root: &Path, tree: &Tree, above: BTreeSet<String>) -> Vec<Found> {
    let entries = &tree.entries;
    let mut by_folder: BTreeMap<String, Option<String>> = BTreeMap::new();
    let parent = |path: &str| parent(path).to_owned();
    for entry in entries {
        let name = entry.path.rsplit('/').next().unwrap_or_default();
        if is_skill_file(name) && (name == FILE_NAME || !matches!(entry.kind, EntryKind::Folder)) {
            let known = by_folder.entry(parent(&entry.path)).or_default();
            if known.as_deref() != Some(FILE_NAME) {
                *known = Some(name.to_owned());
            }
        }
    }
    for folder in empty_places(root, entries, &by_folder) {
        by_folder.insert(folder, None);
    }
    let paths = entries.iter().map(|entry| entry.path.clone()).collect();
    let listed = Arc::new(Listed::new(paths, above));
    let mut found: Vec<Found> = by_folder
        .iter()
        .map(|(folder, file_name)| Found {
            folder: if folder.is_empty() {
                root.to_path_buf()
            } else {
                root.join(folder)
            },
            file_name: file_name.clone(),
            page_stamp: None,
            files: Vec::new(),
            unreadable: BTreeMap::new(),
            around: Around::new(
                Arc::clone(&listed),
                folder.clone(),
                levels_to_outermost(folder, &by_folder),
            ),
        })
        .collect();
    let folders: Vec<&String> = by_folder.keys().collect();
    for entry in entries {
        let Some((at, inside)) = owner(&entry.path, &folders) else {
            continue;
        };
        if found[at].file_name.as_deref() == Some(inside) {
            found[at].page_stamp = entry.stamp;
            if let EntryKind::Link { target } = &entry.kind {
                let around = std::mem::take(&mut found[at].around);
                found[at].around = around.with_own_link(slashed(target));
            }
        } else {
            let mut kind = entry.kind.clone();
            // Where files have no such permission, none lacks it.
            if let (EntryKind::File { executable, .. }, true) = (&mut kind, cfg!(not(unix))) {
                *executable = true;
            }
            found[at].files.push(Entry {
                path: inside.to_owned(),
                kind,
                stamp: entry.stamp,
            });
        }
    }
    for (path, reason) in &tree.unreadable {
        if let Some((at, inside)) = owner(path, &folders) {
            found[at].unreadable.insert(inside.to_owned(), reason.clone());
        }
    }
    for skill in &mut found {
        skill.files.sort_by(|a, b| a.path.cmp(&b.path));
    }
    found
}

/// Names of what lies in a folder and in those above it, up to the top of its repository, if it is in one.
fn names_above(root: &Path) -> BTreeSet<String> {
    let Ok(root) = files::canonical(root) else {
        return BTreeSet::new();
    };
    let mut names = BTreeSet::new();
    for folder in root.ancestors().take(MOST_LEVELS_ABOVE) {
        names.extend(files::names_in(folder));
        if files::exists(&folder.join(PLUGIN)) {
            names.insert(PLUGIN.to_owned());
        }
        if names.contains(".git") {
            return names;
        }
    }
    BTreeSet::new()
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The innermost of the folders (sorted) that holds the path, and the path from there.
fn owner<'a>(path: &'a str, folders: &[&String]) -> Option<(usize, &'a str)> {
    let mut above = parent(path);
    loop {
        if let Ok(at) = folders.binary_search_by(|folder| folder.as_str().cmp(above)) {
            let inside = if above.is_empty() {
                path
            } else {
                &path[above.len() + 1..]
            };
            return Some((at, inside));
        }
        if above.is_empty() {
            return None;
        }
        above = parent(above);
    }
}

/// How many folders above a skill's is the outermost that is a skill too; none when it lies in no other.
fn levels_to_outermost(folder: &str, skills: &BTreeMap<String, Option<String>>) -> usize {
    let mut levels = 0;
    let mut above = folder;
    let mut outermost = 0;
    while !above.is_empty() {
        above = parent(above);
        levels += 1;
        if skills.contains_key(above) {
            outermost = levels;
        }
    }
    outermost
}

/// Folders directly below a folder named `skills` that hold files but no skill at any depth. The folder named `skills` lies at the
/// top, in a client's folder such as `.claude`, or holds skills beside them.
fn empty_places(root: &Path, entries: &[Entry], skills: &BTreeMap<String, Option<String>>) -> Vec<String> {
    let root_is_skills = root.file_name().is_some_and(|name| name == "skills");
    entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::Folder)
        .filter(|entry| {
            let (parent, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
            let is_place = if parent.is_empty() {
                root_is_skills
            } else {
                let (above, last) = parent.rsplit_once('/').unwrap_or(("", parent));
                // A site has pages about skills in a folder of that name too.
                let is_known = above.is_empty()
                    || above
                        .rsplit('/')
                        .next()
                        .is_some_and(|above| above.starts_with('.'));
                last == "skills" && (is_known || holds_a_skill(parent, skills))
            };
            is_place && !name.starts_with(['.', '_']) && !SHARED.contains(&name)
        })
        .filter(|entry| !holds_or_is_held(&entry.path, skills) && looks_like_a_skill(&entry.path, entries))
        .map(|entry| entry.path.clone())
        .collect()
}

/// Whether the folder is a skill, lies in one, or holds one.
fn holds_or_is_held(folder: &str, skills: &BTreeMap<String, Option<String>>) -> bool {
    let above = folder.match_indices('/').map(|(at, _)| &folder[..at]);
    std::iter::once("")
        .chain(above)
        .chain([folder])
        .any(|place| skills.contains_key(place))
        || holds_a_skill(folder, skills)
}

fn holds_a_skill(folder: &str, skills: &BTreeMap<String, Option<String>>) -> bool {
    let prefix = format!("{folder}/");
    skills
        .range(prefix.clone()..)
        .next()
        .is_some_and(|(skill, _)| skill.starts_with(&prefix))
}

/// Whether what lies in the folder is what a skill is made of: pages, or one of the folders that skills have. `entries` are ordered by
/// path.
fn looks_like_a_skill(folder: &str, entries: &[Entry]) -> bool {
    let prefix = format!("{folder}/");
    let first = entries.partition_point(|entry| entry.path < prefix);
    let mut inside = (entries[first..].iter())
        .map_while(|entry| entry.path.strip_prefix(&prefix).map(|path| (path, entry)));
    inside.any(|(path, entry)| match path.split_once('/') {
        None => is_markdown(path) && entry.kind != EntryKind::Folder,
        Some((part, _)) => PARTS.contains(&part) && entry.kind != EntryKind::Folder,
    })
}

impl Bundle {
    /// As much of a file as is kept when it is not read as text.
    pub fn head(contents: &[u8]) -> Vec<u8> {
        contents[..contents.len().min(HEAD_BYTES)].to_vec()
    }

    /// Whether the bytes of a file beside `SKILL.md` are wanted: it may be text, and is no larger than text gets.
    pub fn reads(path: &str, bytes: u64) -> bool {
        if is_markdown(path) {
            return bytes <= MOST_PAGE_BYTES;
        }
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        bytes <= MOST_TEXT_BYTES && !BINARY.iter().any(|binary| binary.eq_ignore_ascii_case(extension))
    }
}

/// Whether a path names a `SKILL.md`, in any letter case.
pub fn is_named(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| is_skill_file(&name.to_string_lossy()))
}

/// The skill whose `SKILL.md` is at the path, and those in its folder.
pub fn found_at(path: &Path) -> Result<Vec<Found>> {
    let root = root_of(path)?;
    Ok(found_in(&root, &files::walk(&root)?))
}

/// Reads the files of a skill.
pub fn read(found: &Found) -> Bundle {
    let text =
        match &found.file_name {
            Some(name) => files::read_fit(&found.folder.join(name), found.page_stamp, MOST_OWN_BYTES)
                .map_err(|reason| match found.around.own_link() {
                    Some(target) => format!("it is a link to `{target}`: {reason}"),
                    None => reason,
                }),
            None => Err(format!("there is no `{FILE_NAME}` in this folder")),
        };
    let mut texts = BTreeMap::new();
    let mut heads = BTreeMap::new();
    let mut unreadable = found.unreadable.clone();
    for entry in &found.files {
        let EntryKind::File { bytes, .. } = entry.kind else {
            continue;
        };
        let path = found.folder.join(&entry.path);
        let is_text = Bundle::reads(&entry.path, bytes);
        let contents = if is_text {
            files::read_of_size(&path, bytes)
        } else {
            files::head(&path, HEAD_BYTES)
        };
        match contents {
            Ok(contents) if is_text => {
                texts.insert(entry.path.clone(), contents);
            }
            Ok(head) => {
                heads.insert(entry.path.clone(), head);
            }
            Err(failure) => {
                unreadable.insert(entry.path.clone(), failure.causes.join(": "));
            }
        }
    }
    let folder_name = match found.folder.file_name() {
        Some(name) => name.to_string_lossy().into_owned(),
        None => files::canonical(&found.folder)
            .ok()
            .and_then(|path| path.file_name().map(|name| name.to_string_lossy().into_owned()))
            .unwrap_or_default(),
    };
    let shown = slashed(&found.folder);
    Bundle {
        texts,
        heads,
        unreadable,
        folder: shown.strip_prefix("./").unwrap_or(&shown).to_owned(),
        folder_name,
        file_name: found.file_name.clone().unwrap_or_else(|| FILE_NAME.to_owned()),
        text,
        files: found.files.clone(),
        around: found.around.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> Tree {
        let mut folders = std::collections::BTreeSet::new();
        for path in paths {
            for (at, _) in path.match_indices('/') {
                folders.insert(&path[..at]);
            }
        }
        let folders = folders.into_iter().map(|path| (path, EntryKind::Folder));
        let files = paths.iter().map(|path| {
            (
                *path,
                EntryKind::File {
                    bytes: 1,
                    executable: false,
                },
            )
        });
        let mut entries: Vec<Entry> = folders
            .chain(files)
            .map(|(path, kind)| Entry::new(path, kind))
            .collect();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Tree {
            root: PathBuf::from("r"),
            entries,
            unreadable: Vec::new(),
        }
    }

    #[test]
    fn each_file_belongs_to_the_innermost_skill() {
        let found = found_below(
            Path::new("r"),
            &tree(&[
                "skills/a/SKILL.md",
                "skills/a/references/x.md",
                "skills/a/inner/SKILL.md",
                "skills/a/inner/y.md",
            ]),
            BTreeSet::new(),
        );
        let shown: Vec<(String, Vec<&str>)> = found
            .iter()
            .map(|skill| {
                let files = skill.files.iter().filter(|entry| entry.kind != EntryKind::Folder);
                (
                    slashed(&skill.folder),
                    files.map(|entry| entry.path.as_str()).collect(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("r/skills/a".to_owned(), vec!["references/x.md"]),
                ("r/skills/a/inner".to_owned(), vec!["y.md"])
            ]
        );
    }

    #[test]
    fn a_folder_among_skills_without_the_file_is_seen() {
        let found = found_below(
            Path::new("r"),
            &tree(&[
                "skills/a/README.md",
                "skills/group/b/SKILL.md",
                "skills/c/skill.md",
                "docs/d/x.md",
                "skills/.x/y",
                "site/docs/skills/topic/page.md",
                ".claude/skills/e/y.md",
                "skills/images/logo.png",
                "skills/_words/x.md",
                "skills/shared/x.md",
                "skills/f/scripts/run.py",
            ]),
            BTreeSet::new(),
        );
        let shown: Vec<(String, Option<&str>)> = found
            .iter()
            .map(|skill| (slashed(&skill.folder), skill.file_name.as_deref()))
            .collect();
        assert_eq!(
            shown,
            [
                ("r/.claude/skills/e".to_owned(), None),
                ("r/skills/a".to_owned(), None),
                ("r/skills/c".to_owned(), Some("skill.md")),
                ("r/skills/f".to_owned(), None),
                ("r/skills/group/b".to_owned(), Some("SKILL.md")),
            ]
        );
    }
}
