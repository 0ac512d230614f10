//! From paths to skills: which folders hold one, and the bytes that are read of each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::io::files::{self, Entry, EntryKind};
use crate::text::slashed;

use super::FILE_NAME;

/// Largest Markdown file beside `SKILL.md` that is read for its links. Claude Code skips files over 1 MiB too.
const MOST_PAGE_BYTES: u64 = 1024 * 1024;

/// Largest other text that is read: scripts, evals, data.
const MOST_TEXT_BYTES: u64 = 256 * 1024;

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
}

/// A folder that holds a skill, or that stands where one is expected.
#[derive(Debug, Clone)]
pub struct Found {
    pub folder: PathBuf,
    /// Name of the file that is taken for `SKILL.md`, if one is there.
    pub file_name: Option<String>,
    /// Everything else in the folder, ordered by path from it.
    pub files: Vec<Entry>,
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
        for skill in found_in(&root, &tree.entries) {
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
pub fn found_in(root: &Path, entries: &[Entry]) -> Vec<Found> {
    let mut by_folder: BTreeMap<String, Option<String>> = BTreeMap::new();
    let parent = |path: &str| {
        path.rsplit_once('/')
            .map_or(String::new(), |(parent, _)| parent.to_owned())
    };
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
    let mut found: Vec<Found> = by_folder
        .iter()
        .map(|(folder, file_name)| Found {
            folder: if folder.is_empty() {
                root.to_path_buf()
            } else {
                root.join(folder)
            },
            file_name: file_name.clone(),
            files: Vec::new(),
        })
        .collect();
    let folders: Vec<&String> = by_folder.keys().collect();
    for entry in entries {
        // The innermost skill that holds the entry owns it.
        let mut above = parent(&entry.path);
        loop {
            if let Ok(at) = folders.binary_search(&&above) {
                let inside = if above.is_empty() {
                    entry.path.as_str()
                } else {
                    &entry.path[above.len() + 1..]
                };
                if found[at].file_name.as_deref() != Some(inside) {
                    found[at].files.push(Entry {
                        path: inside.to_owned(),
                        kind: entry.kind.clone(),
                    });
                }
                break;
            }
            if above.is_empty() {
                break;
            }
            above = parent(&above);
        }
    }
    for skill in &mut found {
        skill.files.sort_by(|a, b| a.path.cmp(&b.path));
    }
    found
}

/// Folders directly below a folder named `skills` that hold files but no skill at any depth.
fn empty_places(root: &Path, entries: &[Entry], skills: &BTreeMap<String, Option<String>>) -> Vec<String> {
    let root_is_skills = root.file_name().is_some_and(|name| name == "skills");
    entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::Folder)
        .filter(|entry| {
            let (parent, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
            let below_skills =
                parent == "skills" || parent.ends_with("/skills") || (parent.is_empty() && root_is_skills);
            below_skills && !name.starts_with('.')
        })
        .filter(|entry| !holds_or_is_held(&entry.path, skills) && holds_files(&entry.path, entries))
        .map(|entry| entry.path.clone())
        .collect()
}

/// Whether the folder is a skill, lies in one, or holds one.
fn holds_or_is_held(folder: &str, skills: &BTreeMap<String, Option<String>>) -> bool {
    let above = folder.match_indices('/').map(|(at, _)| &folder[..at]);
    let prefix = format!("{folder}/");
    std::iter::once("")
        .chain(above)
        .chain([folder])
        .any(|place| skills.contains_key(place))
        || skills
            .range(prefix.clone()..)
            .next()
            .is_some_and(|(skill, _)| skill.starts_with(&prefix))
}

/// Whether anything but folders lies below the folder. `entries` are ordered by path.
fn holds_files(folder: &str, entries: &[Entry]) -> bool {
    let prefix = format!("{folder}/");
    let first = entries.partition_point(|entry| entry.path < prefix);
    let below = entries[first..]
        .iter()
        .take_while(|entry| entry.path.starts_with(&prefix));
    below.into_iter().any(|entry| entry.kind != EntryKind::Folder)
}

impl Bundle {
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
    let tree = files::walk(&root)?;
    Ok(found_in(&root, &tree.entries))
}

/// The folder of the skill that a file belongs to: the nearest above it that holds a `SKILL.md`.
pub fn holder(path: &Path) -> Option<&Path> {
    path.ancestors()
        .skip(1)
        .find(|folder| files::exists(&folder.join(FILE_NAME)))
}

/// The skill that a file belongs to, read from disk but for that file, whose bytes are given. Neither need exist.
pub fn overlaid(path: &Path, bytes: Vec<u8>) -> Result<Bundle> {
    let folder = match holder(path) {
        Some(folder) => folder,
        None => path.parent().unwrap_or(Path::new("")),
    };
    let folder = if folder == Path::new("") {
        Path::new(".")
    } else {
        folder
    };
    let found = if files::is_folder(folder) {
        let entries = files::walk(folder)?.entries;
        found_in(folder, &entries)
            .into_iter()
            .find(|found| found.folder == folder)
    } else {
        None
    };
    let found = found.unwrap_or_else(|| Found {
        folder: folder.to_path_buf(),
        file_name: None,
        files: Vec::new(),
    });
    let mut bundle = read(&found);
    let inside = path.strip_prefix(folder).unwrap_or(path);
    let inside = slashed(inside);
    if is_skill_file(&inside) {
        bundle.file_name = inside;
        bundle.text = Ok(bytes);
    } else {
        bundle.texts.insert(inside, bytes);
    }
    Ok(bundle)
}

/// Reads the files of a skill.
pub fn read(found: &Found) -> Bundle {
    let text = match &found.file_name {
        Some(name) => files::read(&found.folder.join(name)).map_err(|failure| failure.causes.join(": ")),
        None => Err(format!("there is no `{FILE_NAME}` in this folder")),
    };
    let texts = found.files.iter().filter(
        |entry| matches!(entry.kind, EntryKind::File { bytes, .. } if Bundle::reads(&entry.path, bytes)),
    );
    let texts = texts.filter_map(|entry| {
        let bytes = files::read(&found.folder.join(&entry.path)).ok()?;
        Some((entry.path.clone(), bytes))
    });
    let folder_name = match found.folder.file_name() {
        Some(name) => name.to_string_lossy().into_owned(),
        None => files::canonical(&found.folder)
            .ok()
            .and_then(|path| path.file_name().map(|name| name.to_string_lossy().into_owned()))
            .unwrap_or_default(),
    };
    let shown = slashed(&found.folder);
    Bundle {
        texts: texts.collect(),
        folder: shown.strip_prefix("./").unwrap_or(&shown).to_owned(),
        folder_name,
        file_name: found.file_name.clone().unwrap_or_else(|| FILE_NAME.to_owned()),
        text,
        files: found.files.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(paths: &[&str]) -> Vec<Entry> {
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
            .map(|(path, kind)| Entry {
                path: path.to_owned(),
                kind,
            })
            .collect();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries
    }

    #[test]
    fn each_file_belongs_to_the_innermost_skill() {
        let found = found_in(
            Path::new("r"),
            &entries(&[
                "skills/a/SKILL.md",
                "skills/a/references/x.md",
                "skills/a/inner/SKILL.md",
                "skills/a/inner/y.md",
            ]),
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
        let found = found_in(
            Path::new("r"),
            &entries(&[
                "skills/a/README.md",
                "skills/group/b/SKILL.md",
                "skills/c/skill.md",
                "docs/d/x.md",
                "skills/.x/y",
            ]),
        );
        let shown: Vec<(String, Option<&str>)> = found
            .iter()
            .map(|skill| (slashed(&skill.folder), skill.file_name.as_deref()))
            .collect();
        assert_eq!(
            shown,
            [
                ("r/skills/a".to_owned(), None),
                ("r/skills/c".to_owned(), Some("skill.md")),
                ("r/skills/group/b".to_owned(), Some("SKILL.md")),
            ]
        );
    }
}
