//! The files of one pack as values, and what their names must keep to before any of them is written or shipped.
//!
//! A name that is safe here means the same file on Linux, macOS and Windows, and lies inside the folder it is unpacked to.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use crate::text::printable;

/// One file with the path from the root of its tree, `/` between the parts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    pub path: String,
    pub executable: bool,
    pub contents: Vec<u8>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mode = if self.executable { "755" } else { "644" };
        write!(formatter, "{mode} {} ({} bytes)", self.path, self.contents.len())
    }
}

/// The most files one pack may hold.
pub const MOST_FILES: usize = 10_000;
/// The largest single file, in bytes.
pub const LARGEST_FILE: u64 = 10 * 1024 * 1024;
/// The most bytes one pack may hold.
pub const MOST_BYTES: u64 = 50 * 1024 * 1024;
/// The longest path, in bytes, and the most folders above a file.
const LONGEST_PATH: usize = 240;
const DEEPEST: usize = 32;

/// Names that Windows keeps for devices, whatever their extension.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"];

/// Why `path` cannot be the path of a shipped file; nothing when it can.
pub fn check_path(path: &str) -> Result<(), String> {
    let shown = printable(path);
    let refuse = |why: &str| Err(format!("`{shown}` {why}"));
    if path.is_empty() {
        return refuse("is an empty path");
    }
    if path.starts_with('/') || path.starts_with('\\') {
        return refuse("is an absolute path");
    }
    if path.len() > LONGEST_PATH {
        return refuse(&format!("is longer than {LONGEST_PATH} bytes"));
    }
    if path.split('/').count() > DEEPEST {
        return refuse(&format!("lies more than {DEEPEST} folders deep"));
    }
    path.split('/').try_for_each(|part| match check_part(part) {
        Some(why) => refuse(&why),
        None => Ok(()),
    })
}

/// Why `part` cannot be one file or folder name, if it cannot.
fn check_part(part: &str) -> Option<String> {
    let lower = part.to_lowercase();
    let stem = lower.split('.').next().unwrap_or_default().trim_end();
    let numbered = |device: &str| {
        stem.strip_prefix(device).is_some_and(|rest| {
            matches!(rest.chars().next(), Some('0'..='9' | '¹' | '²' | '³')) && rest.chars().count() == 1
        })
    };
    match part {
        "" => return Some("has an empty part".to_owned()),
        "." | ".." => return Some(format!("holds `{part}`, which could leave its folder")),
        _ => {}
    }
    if part.len() >= 2 && part.as_bytes()[1] == b':' && part.as_bytes()[0].is_ascii_alphabetic() {
        return Some("names a drive".to_owned());
    }
    if let Some(bad) = part.chars().find(|bad| r#"<>:"|?*\"#.contains(*bad)) {
        return Some(format!("holds `{bad}`, which not every system can store"));
    }
    if part.chars().any(is_invisible) {
        return Some("holds a control or invisible character".to_owned());
    }
    if part.ends_with('.') || part.ends_with(' ') {
        return Some("has a part that ends in a dot or a space".to_owned());
    }
    if DEVICES.contains(&stem) || numbered("com") || numbered("lpt") {
        return Some(format!("holds `{part}`, the name of a device on Windows"));
    }
    if lower == ".git" || lower == "git~1" {
        return Some("lies in a folder of git".to_owned());
    }
    None
}

fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e01ef}')
}

/// Everything that keeps these files from being one pack: names, pairs of names that are one on some systems, sizes.
pub fn faults(files: &[File]) -> Vec<String> {
    let names = files.iter().map(|file| file.path.as_str());
    let mut faults = name_faults(names);
    let mut total = 0;
    for file in files {
        let bytes = file.contents.len() as u64;
        total += bytes;
        if bytes > LARGEST_FILE {
            faults.push(format!(
                "`{}` is {bytes} bytes; the limit is {LARGEST_FILE}",
                file.path
            ));
        }
    }
    if total > MOST_BYTES {
        faults.push(format!("{total} bytes in all; the limit is {MOST_BYTES}"));
    }
    faults
}

/// What is wrong with a list of paths: each by itself, and two that are the same on a system that ignores case or composes
/// accents, or where one is a file and the other needs it to be a folder.
pub fn name_faults<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut faults = Vec::new();
    // Folded path of every file and folder, with the first spelling seen and whether it is a file.
    let mut seen: BTreeMap<String, (&str, bool)> = BTreeMap::new();
    let mut count = 0;
    for path in paths {
        count += 1;
        if let Err(fault) = check_path(path) {
            faults.push(fault);
            continue;
        }
        let ends = path.match_indices('/').map(|(end, _)| end);
        for end in ends.chain([path.len()]) {
            let part = &path[..end];
            let is_file = end == path.len();
            match seen.get(&folded(part)) {
                Some((other, _)) if *other != part => {
                    faults.push(format!(
                        "`{part}` and `{other}` are one name where case does not count"
                    ));
                }
                Some((_, other_is_file)) if is_file || *other_is_file => {
                    faults.push(format!("`{part}` is there twice"));
                }
                Some(_) => {}
                None => {
                    seen.insert(folded(part), (part, is_file));
                }
            }
        }
    }
    if count > MOST_FILES {
        faults.push(format!("{count} files; the limit is {MOST_FILES}"));
    }
    faults
}

fn folded(path: &str) -> String {
    path.nfc().collect::<String>().to_lowercase().nfc().collect()
}

/// Whether `name` can name a pack, a skill or a marketplace: 1 to 64 of `a-z`, `0-9` and single inner hyphens.
pub fn is_kebab_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.split('-').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// The files below `folder` (`""` for all), with their paths relative to it.
pub fn below(files: &[File], folder: &str) -> Vec<File> {
    files
        .iter()
        .filter_map(|file| {
            let path = path_below(&file.path, folder)?.to_owned();
            Some(File { path, ..file.clone() })
        })
        .collect()
}

/// The rest of `path` below `folder` (`""` and `.` are the root), or nothing when it does not lie there.
pub fn path_below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    match folder {
        "" | "." => Some(path),
        folder => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

/// `folder/path`, without the folder when it is the root.
pub fn joined(folder: &str, path: &str) -> String {
    match folder {
        "" | "." => path.to_owned(),
        folder => format!("{folder}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_paths_are_fine() {
        for path in [
            "SKILL.md",
            "skills/pdf/scripts/run.py",
            ".mcp.json",
            "a b/ü.md",
            "skills/console/aux-notes.md",
            ".gitignore",
        ] {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn hostile_paths_are_refused_with_the_reason() {
        for (path, why) in [
            ("", "empty"),
            ("/etc/passwd", "absolute"),
            ("\\\\server\\share", "absolute"),
            ("a/../../b", "leave"),
            ("./a", "leave"),
            ("a//b", "empty part"),
            ("C:/x", "drive"),
            ("c:", "drive"),
            ("a\\b", "store"),
            ("ab:stream", "store"),
            ("skills/NUL", "device"),
            ("skills/com1.md", "device"),
            ("aux.tar.gz", "device"),
            ("a./b", "dot or a space"),
            ("a /b", "dot or a space"),
            ("a\u{202e}gpj.md", "invisible"),
            ("a\0b", "invisible"),
            ("a\nb", "invisible"),
            ("skills/.GIT/hooks/x", "git"),
        ] {
            let fault = check_path(path).expect_err(path);
            assert!(fault.contains(why), "{path:?}: {fault}");
        }
        assert!(check_path(&"a".repeat(241)).is_err());
        assert!(check_path(&"a/".repeat(40)).is_err());
    }

    #[test]
    fn names_that_are_one_on_some_systems_are_refused() {
        assert_eq!(name_faults(["a/b", "a/c", "d"]), Vec::<String>::new());
        for pair in [
            ["a/B", "a/b"],
            ["A/x", "a/y"],
            ["caf\u{e9}", "cafe\u{301}"],
            ["a", "a/b"],
            ["a/b", "a"],
            ["a", "a"],
        ] {
            assert_eq!(name_faults(pair).len(), 1, "{pair:?}");
        }
    }

    #[test]
    fn sizes_are_limited() {
        let file = |bytes: u64| File {
            path: "a".to_owned(),
            executable: false,
            contents: vec![0; usize::try_from(bytes).unwrap()],
        };
        assert_eq!(faults(&[file(LARGEST_FILE)]), Vec::<String>::new());
        assert_eq!(faults(&[file(LARGEST_FILE + 1)]).len(), 1);
        let names: Vec<String> = (0..=MOST_FILES).map(|at| format!("f{at}")).collect();
        assert_eq!(name_faults(names[1..].iter().map(String::as_str)).len(), 0);
        assert_eq!(name_faults(names.iter().map(String::as_str)).len(), 1);
    }

    #[test]
    fn kebab_names() {
        for good in ["a", "rag-systems", "a1-2b"] {
            assert!(is_kebab_name(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "a_b", "a.b", "ä", &"a".repeat(65)] {
            assert!(!is_kebab_name(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_path_that_passes_leaves_its_folder(path in r"[a-c./\\: ]{0,12}") {
            if check_path(&path).is_ok() {
                prop_assert!(!path.starts_with('/') && !path.contains('\\') && !path.contains(':'));
                prop_assert!(path.split('/').all(|part| !part.is_empty() && part != "." && part != ".."));
            }
        }
    }
}
