//! Which files of a repository ship with a pack, and which must never leave the house.

use crate::io::files::{Entry, EntryKind};
use crate::text::slashed;

use super::tree::{self, joined, path_below};

/// What a pack at the root of its repository ships: the folders and files that clients load. A pack in a folder of its own
/// ships the whole folder.
const ROOT_COMPONENTS: &[&str] = &["skills", "agents", "commands", "hooks", ".mcp.json"];

/// Documents at the root that go with a marketplace: they belong to it and to none of its packs.
const ROOT_DOCUMENTS: &[&str] = &["readme", "license", "licence", "copying", "notice", "changelog"];

/// The manifest of a pack, relative to it. It is built, never copied.
pub const PLUGIN_MANIFEST: &str = ".claude-plugin/plugin.json";
/// The manifest of a marketplace, relative to its root.
pub const MARKETPLACE_MANIFEST: &str = ".claude-plugin/marketplace.json";

/// Whether the file at `path` of a repository belongs to the pack at `pack`.
pub fn ships(pack: &str, path: &str) -> bool {
    let Some(inner) = path_below(path, pack) else {
        return false;
    };
    if pack != "." || inner == PLUGIN_MANIFEST {
        return true;
    }
    let first = inner.split('/').next().unwrap_or_default();
    ROOT_COMPONENTS.contains(&first)
}

/// Whether `path` is a document at the root that ships with the marketplace.
pub fn is_root_document(path: &str) -> bool {
    let lower = path.to_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    !path.contains('/') && ROOT_DOCUMENTS.contains(&stem) && forbidden(path).is_none()
}

/// Folders that hold nothing a pack could need.
const FOLDERS: &[(&str, &str)] = &[
    (".git", "version control"),
    (".hg", "version control"),
    (".svn", "version control"),
    ("node_modules", "dependencies"),
    (".venv", "dependencies"),
    ("target", "build output"),
    ("__pycache__", "build output"),
    (".pytest_cache", "build output"),
    (".packwright", "packwright's own store"),
    (".idea", "editor settings"),
    (".vscode", "editor settings"),
    (".ssh", "keys"),
    (".aws", "keys"),
    (".gnupg", "keys"),
];

/// Whole names of files.
const NAMES: &[(&str, &str)] = &[
    (".env", "secrets"),
    (".envrc", "secrets"),
    (".npmrc", "credentials"),
    (".pypirc", "credentials"),
    (".netrc", "credentials"),
    ("_netrc", "credentials"),
    (".git-credentials", "credentials"),
    (".htpasswd", "credentials"),
    ("id_rsa", "a private key"),
    ("id_dsa", "a private key"),
    ("id_ecdsa", "a private key"),
    ("id_ed25519", "a private key"),
    (".ds_store", "rubbish of a file manager"),
    ("thumbs.db", "rubbish of a file manager"),
    ("desktop.ini", "rubbish of a file manager"),
];

/// Ends of names of files.
const ENDINGS: &[(&str, &str)] = &[
    (".pem", "a key or certificate"),
    (".key", "a private key"),
    (".p12", "a private key"),
    (".pfx", "a private key"),
    (".jks", "a private key"),
    (".keystore", "a private key"),
    (".kdbx", "a password store"),
    (".pyc", "build output"),
    (".swp", "rubbish of an editor"),
    (".swo", "rubbish of an editor"),
    ("~", "rubbish of an editor"),
    (".bak", "rubbish of an editor"),
    (".orig", "rubbish of a merge"),
    (".rej", "rubbish of a merge"),
];

/// Ends of names that begin with `.env.` and are meant to be read by others.
const ENVIRONMENT_SAMPLES: &[&str] = &[".example", ".sample", ".template", ".dist"];

/// Why a file must never ship, if it must not.
pub fn forbidden(path: &str) -> Option<&'static str> {
    let lower = path.to_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let whole = |table: &[(&str, &'static str)], word: &str| {
        table
            .iter()
            .find(|(known, _)| *known == word)
            .map(|&(_, why)| why)
    };
    if let Some(why) = folders.split('/').find_map(|folder| whole(FOLDERS, folder)) {
        return Some(why);
    }
    if name.starts_with(".env.") {
        let sample = ENVIRONMENT_SAMPLES.iter().any(|ending| name.ends_with(ending));
        return (!sample).then_some("secrets");
    }
    whole(NAMES, name).or_else(|| {
        let mut endings = ENDINGS.iter();
        endings
            .find(|(ending, _)| name.ends_with(ending))
            .map(|&(_, why)| why)
    })
}

/// One file to ship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipped {
    /// Path in the pack.
    pub path: String,
    /// Path in the repository of the file that holds the bytes: another one where `path` is a link.
    pub from: String,
    pub executable: bool,
    pub bytes: u64,
}

/// The files that ship with the pack at `pack` (`.` or a folder), ordered by path, and what keeps it from shipping. `entries` is
/// the listing of the repository. A link is shipped as a copy of what it leads to when that lies in the same pack. The pack's
/// manifest is left out: it is built.
pub fn select(entries: &[Entry], pack: &str) -> (Vec<Shipped>, Vec<String>) {
    let mut shipped = Vec::new();
    let mut faults = Vec::new();
    for entry in entries.iter().filter(|entry| ships(pack, &entry.path)) {
        let path = path_below(&entry.path, pack).unwrap_or_default();
        if path == PLUGIN_MANIFEST {
            continue;
        }
        match &entry.kind {
            EntryKind::Folder => {}
            EntryKind::Other => faults.push(format!("`{}` is neither a file nor a folder", entry.path)),
            &EntryKind::File { bytes, executable } => shipped.push(Shipped {
                path: path.to_owned(),
                from: entry.path.clone(),
                executable,
                bytes,
            }),
            EntryKind::Link { target } => match follow(entries, pack, &entry.path, &slashed(target)) {
                Ok(copies) => shipped.extend(copies.into_iter().map(|(below, file)| {
                    let path = if below.is_empty() {
                        path.to_owned()
                    } else {
                        joined(path, &below)
                    };
                    Shipped { path, ..file }
                })),
                Err(why) => faults.push(format!("the link `{}` {why}", entry.path)),
            },
        }
    }
    for file in &shipped {
        if let Some(why) = forbidden(&file.path).or_else(|| forbidden(&file.from)) {
            faults.push(format!(
                "`{}` ({} bytes) must not ship: {why}",
                file.from, file.bytes
            ));
        }
        if file.bytes > tree::LARGEST_FILE {
            let limit = tree::LARGEST_FILE;
            faults.push(format!(
                "`{}` is {} bytes; the limit is {limit}",
                file.from, file.bytes
            ));
        }
    }
    let total: u64 = shipped.iter().map(|file| file.bytes).sum();
    if total > tree::MOST_BYTES {
        faults.push(format!("{total} bytes in all; the limit is {}", tree::MOST_BYTES));
    }
    faults.extend(tree::name_faults(shipped.iter().map(|file| file.path.as_str())));
    shipped.sort_by(|a, b| a.path.cmp(&b.path));
    (shipped, faults)
}

/// The files that the link at `link` stands for, with their paths below it (empty when it leads to a file).
fn follow(entries: &[Entry], pack: &str, link: &str, target: &str) -> Result<Vec<(String, Shipped)>, String> {
    if target.starts_with('/') || target.contains(['\\', ':']) {
        return Err(format!("leads to `{target}`, an absolute path"));
    }
    let mut parts: Vec<&str> = link.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                let above = parts.pop();
                above.ok_or_else(|| format!("leads to `{target}`, outside the repository"))?;
            }
            part => parts.push(part),
        }
    }
    let goal = parts.join("/");
    if goal.is_empty() || !ships(pack, &goal) || path_below(link, &goal).is_some() {
        return Err(format!("leads to `{target}`, outside the files of its pack"));
    }
    let found: Vec<(String, Shipped)> = entries
        .iter()
        .filter_map(|entry| {
            let below = if entry.path == goal {
                ""
            } else {
                path_below(&entry.path, &goal)?
            };
            match entry.kind {
                EntryKind::File { bytes, executable } => Some((
                    below.to_owned(),
                    Shipped {
                        path: String::new(),
                        from: entry.path.clone(),
                        executable,
                        bytes,
                    },
                )),
                _ => None,
            }
        })
        .collect();
    if found.is_empty() {
        return Err(format!("leads to `{target}`, where there is no file"));
    }
    Ok(found)
}

/// Names of the skills below `pack`: the folders in `skills/` that hold a `SKILL.md`.
pub fn skills<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = paths
        .into_iter()
        .filter_map(|path| {
            let (name, file) = path.strip_prefix("skills/")?.split_once('/')?;
            (file == "SKILL.md").then(|| name.to_owned())
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Names of the agents of a pack: the Markdown files in `agents/`.
pub fn agents<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = paths
        .into_iter()
        .filter_map(|path| path.strip_prefix("agents/")?.strip_suffix(".md"))
        .filter(|name| !name.contains('/') && !name.is_empty())
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Entry {
        let kind = EntryKind::File {
            bytes: 1,
            executable: false,
        };
        Entry::new(path, kind)
    }

    fn link(path: &str, target: &str) -> Entry {
        let target = target.into();
        Entry::new(path, EntryKind::Link { target })
    }

    fn paths(entries: &[Entry], pack: &str) -> Vec<String> {
        let (shipped, faults) = select(entries, pack);
        assert_eq!(faults, Vec::<String>::new());
        shipped.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn a_pack_at_the_root_ships_its_components_and_one_in_a_folder_the_folder() {
        let entries = [
            file(".claude-plugin/plugin.json"),
            file("README.md"),
            file("src/main.rs"),
            file("skills/a/SKILL.md"),
            file("packs/x/notes.md"),
            file("packs/x/.claude-plugin/plugin.json"),
            file("packs/xy/other.md"),
        ];
        assert_eq!(paths(&entries, "."), ["skills/a/SKILL.md"]);
        assert_eq!(paths(&entries, "packs/x"), ["notes.md"]);
        assert!(
            is_root_document("README.md") && is_root_document("LICENSE-MIT.txt".replace("-MIT", "").as_str())
        );
        assert!(!is_root_document("docs/README.md") && !is_root_document("LICENSE.key"));
    }

    #[test]
    fn what_must_never_ship_is_refused_by_name() {
        for path in [
            ".env",
            "skills/a/.env.local",
            "skills/a/ID_RSA",
            "certs/server.pem",
            "a/.git/config",
            "target/debug/x",
            "skills/a/node_modules/x/index.js",
            ".DS_Store",
            "a/SKILL.md~",
            "a/.SKILL.md.swp",
            "a/.vscode/settings.json",
        ] {
            assert!(forbidden(path).is_some(), "{path}");
        }
        for path in [
            ".env.example",
            "skills/targets/SKILL.md",
            "skills/a/monkey.md",
            "skills/a/environment.md",
            "target",
        ] {
            assert_eq!(forbidden(path), None, "{path}");
        }
        let (_, faults) = select(&[file("skills/a/SKILL.md"), file("skills/a/.env")], ".");
        assert_eq!(faults, ["`skills/a/.env` (1 bytes) must not ship: secrets"]);
    }

    #[test]
    fn links_ship_as_copies_of_what_lies_in_the_pack() {
        let entries = [
            file("skills/a/SKILL.md"),
            file("skills/a/references/r.md"),
            link("skills/b/SKILL.md", "../a/SKILL.md"),
            link("skills/b/references", "../a/references"),
        ];
        let (shipped, faults) = select(&entries, ".");
        assert_eq!(faults, Vec::<String>::new());
        let copies: Vec<(&str, &str)> = shipped
            .iter()
            .filter(|file| file.path != file.from)
            .map(|file| (file.path.as_str(), file.from.as_str()))
            .collect();
        assert_eq!(
            copies,
            [
                ("skills/b/SKILL.md", "skills/a/SKILL.md"),
                ("skills/b/references/r.md", "skills/a/references/r.md")
            ]
        );
    }

    #[test]
    fn links_that_leave_the_pack_are_refused() {
        for target in [
            "/etc/passwd",
            "../../../etc/passwd",
            "../../secret.txt",
            "../nowhere",
            "../..",
            "..",
            ".",
            "C:\\x",
        ] {
            let entries = [
                file("skills/a/SKILL.md"),
                file("secret.txt"),
                link("skills/b", "x"),
                link("skills/a/l", target),
            ];
            let (_, faults) = select(&entries[..2], ".");
            assert_eq!(faults.len(), 0);
            let (_, faults) = select(&[entries[0].clone(), entries[1].clone(), entries[3].clone()], ".");
            assert_eq!(faults.len(), 1, "{target}");
        }
    }

    #[test]
    fn skills_and_agents_are_found_by_place() {
        let paths = [
            "skills/b/SKILL.md",
            "skills/a/SKILL.md",
            "skills/a/references/SKILL.md",
            "skills/c/notes.md",
            "agents/x.md",
            "agents/deep/y.md",
        ];
        assert_eq!(skills(paths), ["a", "b"]);
        assert_eq!(agents(paths), ["x"]);
    }
}
