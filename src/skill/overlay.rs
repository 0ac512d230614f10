//! A skill as it would be with one of its files changed: for editors, and for text that comes over stdin.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::failure::Result;
use crate::io::files::{self, Entry};
use crate::text::slashed;

use super::FILE_NAME;
use super::around::Around;
use super::find::{Bundle, Found, found_in, is_named, read};

/// The folder of the skill that a file belongs to: the nearest above it that holds a `SKILL.md`.
pub fn holder(path: &Path) -> Option<&Path> {
    let mut above = path.ancestors().skip(1);
    let folder = above.find(|folder| files::exists(&folder.join(FILE_NAME)))?;
    // A whole repository or plugin may be a skill; the agents that it ships are none of the skill's pages.
    let inside = path.strip_prefix(folder).unwrap_or(path);
    let is_agent = inside.starts_with("agents") || inside.starts_with(".claude/agents");
    let ships_agents = || {
        [".git", ".claude-plugin"]
            .iter()
            .any(|name| files::exists(&folder.join(name)))
    };
    (!(is_agent && ships_agents())).then_some(folder)
}

/// The skill that a file or folder belongs to, and the path of that as the skill's findings show it. One that a walk passes over is
/// added to its files: who names it wants it looked at.
pub fn found_around(path: &Path) -> Result<Option<(Found, PathBuf)>> {
    let is_plain = path
        .components()
        .all(|part| !matches!(part, Component::ParentDir));
    let mut path: PathBuf = path.components().collect();
    if (holder(&path).is_none() || !is_plain)
        && let Some((parent, name)) = path.parent().zip(path.file_name())
        && let Ok(parent) = files::canonical(or_here(parent))
    {
        path = parent.join(name);
    }
    let Some(folder) = holder(&path) else {
        return Ok(None);
    };
    let inside = slashed(path.strip_prefix(folder).unwrap_or(&path));
    let folder = or_here(folder);
    let found = found_in(folder, &files::walk(folder)?);
    let Some(mut found) = found.into_iter().find(|found| found.folder == folder) else {
        return Ok(None);
    };
    if let Err(place) = found.files.binary_search_by(|entry| entry.path.cmp(&inside))
        && let Some(kind) = files::kind(&path)
    {
        let path = inside.clone();
        found.files.insert(place, Entry::new(path, kind));
    }
    let part = found.folder.join(inside);
    Ok(Some((found, part)))
}

/// The path, or what stands for the working folder when it is empty.
fn or_here(path: &Path) -> &Path {
    if path == Path::new("") {
        Path::new(".")
    } else {
        path
    }
}

/// The skill that a file belongs to, read from disk but for that file, whose bytes are given. Neither need exist.
pub fn overlaid(path: &Path, bytes: Vec<u8>) -> Result<Bundle> {
    let folder = match holder(path) {
        Some(folder) => folder,
        None => path.parent().unwrap_or(Path::new("")),
    };
    let folder = or_here(folder);
    let found = if files::is_folder(folder) {
        let tree = files::walk(folder)?;
        (found_in(folder, &tree).into_iter()).find(|found| found.folder == folder)
    } else {
        None
    };
    let found = found.unwrap_or_else(|| Found {
        folder: folder.to_path_buf(),
        file_name: None,
        page_stamp: None,
        files: Vec::new(),
        unreadable: BTreeMap::new(),
        around: Around::default(),
    });
    let mut bundle = read(&found);
    let inside = slashed(path.strip_prefix(folder).unwrap_or(path));
    if is_named(Path::new(&inside)) {
        bundle.file_name = inside;
        bundle.text = Ok(bytes);
    } else {
        bundle.texts.insert(inside, bytes);
    }
    Ok(bundle)
}
