//! A skill as it would be with one of its files changed: for editors, and for text that comes over stdin.

use std::collections::BTreeMap;
use std::path::Path;

use crate::failure::Result;
use crate::io::files;
use crate::text::slashed;

use super::FILE_NAME;
use super::around::Around;
use super::find::{Bundle, Found, found_in, is_named, read};

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
        let tree = files::walk(folder)?;
        (found_in(folder, &tree).into_iter()).find(|found| found.folder == folder)
    } else {
        None
    };
    let found = found.unwrap_or_else(|| Found {
        folder: folder.to_path_buf(),
        file_name: None,
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
