//! From paths to agents: files that a manifest lists, files in a client's folder for agents, and files that read like a definition.
//!
//! Only definitions in the dialect of Claude Code are taken: those of other clients (`*.agent.md` of Copilot, the folders of
//! `OpenCode`, Gemini and others) name other tools and fields.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::document::front_matter;
use crate::failure::{Failure, Result};
use crate::io::files::{self, Entry, EntryKind, Stamp};
use crate::skill;
use crate::text::slashed;

/// Largest file that is read.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Bytes of a file that are read to tell what it is.
const HEAD: usize = 8 * 1024;

/// Fields that a subagent definition of Claude Code may have beside its name and description, and hardly anything else has.
const TELLING: &[&str] = &[
    "tools",
    "disallowedTools",
    "model",
    "permissionMode",
    "color",
    "maxTurns",
];

/// Names of files that are text about a folder, in any letter case.
const ABOUT: &[&str] = &[
    "readme",
    "changelog",
    "agents",
    "claude",
    "gemini",
    "contributing",
    "license",
    "index",
    "template",
];

/// Folders of clients with a dialect of their own, and of what is no definition though it has front matter.
const FOREIGN: &[&str] = &[
    ".github",
    ".opencode",
    ".gemini",
    ".cursor",
    ".codex",
    ".kiro",
    ".windsurf",
    ".copilot",
    ".factory",
    "commands",
    "prompts",
    "chatmodes",
    "instructions",
    "rules",
    "skills",
    "node_modules",
];

/// A file that is an agent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub path: PathBuf,
    /// Whether it ships in a plugin.
    pub in_plugin: bool,
    /// What the walk was told of it, when it is a plain file.
    pub stamp: Option<Stamp>,
}

/// The agents below `root`, whose listing is given with the skills in it, ordered by path.
pub fn found_in(root: &Path, entries: &[Entry], skills: &[skill::Found]) -> Result<Vec<Found>> {
    let inside_agents = files::canonical(root)?
        .components()
        .any(|part| part.as_os_str() == "agents");
    let listed = listed_in_manifests(root, entries);
    let plugins = homes(entries, ".claude-plugin/plugin.json");
    let mut homes = homes(entries, "packwright.toml");
    homes.extend(plugins.iter().cloned());
    let in_skills = FoldersOf::new(root, skills);
    let mut found = Vec::new();
    for entry in entries.iter().filter(|entry| is_markdown_file(entry)) {
        let is_agent = match place(&entry.path, inside_agents, &homes) {
            _ if listed.contains(entry.path.as_str()) => true,
            _ if in_skills.hold(&entry.path) => false,
            Place::Sure => true,
            Place::Likely => reads_like(&root.join(&entry.path)),
            Place::Open => is_definition(&root.join(&entry.path)),
            Place::Foreign => false,
        };
        if is_agent {
            let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            found.push(Found {
                path: root.join(&entry.path),
                in_plugin: listed.contains(entry.path.as_str()) || plugins.contains(folder),
                stamp: entry.stamp,
            });
        }
    }
    Ok(found)
}

/// Every agent at or below the paths, each once, ordered by path.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Found>> {
    let mut all = BTreeMap::new();
    for path in paths {
        let found = if files::is_folder(path) {
            let tree = files::walk(path)?;
            let skills = skill::found_in(path, &tree);
            found_in(path, &tree.entries, &skills)?
        } else {
            vec![found_at(path)?]
        };
        all.extend(found.into_iter().map(|found| (found.path.clone(), found)));
    }
    Ok(all.into_values().collect())
}

/// Whether a path names a file that may be an agent.
pub fn is_named(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md") && !skill::is_named(path)
}

/// A file named outright: it is taken for an agent whatever its folder.
pub fn found_at(path: &Path) -> Result<Found> {
    files::size(path)?;
    if let Some(reason) = files::unfit(path, MOST_BYTES) {
        return Err(Failure::user(format!("cannot read `{}`", slashed(path))).caused_by(reason));
    }
    if is_named(path) {
        Ok(Found {
            path: path.to_path_buf(),
            in_plugin: false,
            stamp: None,
        })
    } else {
        Err(Failure::user(format!("`{}` is not an agent", slashed(path)))
            .hint("name a Markdown file, or a folder that holds `agents/`"))
    }
}

/// The bytes of an agent's file, or why they cannot be read. `stamp` is what a walk was told of it.
pub fn bytes(path: &Path, stamp: Option<Stamp>) -> Result<Vec<u8>, String> {
    files::read_fit(path, stamp, MOST_BYTES)
}

/// What a path says of a Markdown file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a folder that clients load agents from.
    Sure,
    /// Below a folder named `agents`.
    Likely,
    /// Anywhere else: its text tells.
    Open,
    /// Text about a folder, or of another dialect.
    Foreign,
}

fn place(path: &str, inside_agents: bool, homes: &BTreeSet<String>) -> Place {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let parts = || folder.split('/');
    let is_dialect = name.matches('.').count() > 1;
    if ABOUT.contains(&stem.as_str()) || is_dialect || parts().any(|part| FOREIGN.contains(&part)) {
        return Place::Foreign;
    }
    if parts().any(|part| part == "agents") || inside_agents {
        let is_loaded = folder == "agents"
            || folder.ends_with(".claude/agents")
            || (inside_agents && folder.is_empty())
            || homes.contains(folder);
        return if is_loaded { Place::Sure } else { Place::Likely };
    }
    Place::Open
}

/// The folders `agents` beside the manifests of that name.
fn homes(entries: &[Entry], manifest: &str) -> BTreeSet<String> {
    let homes = entries
        .iter()
        .filter_map(|entry| entry.path.strip_suffix(manifest));
    homes.map(|home| format!("{home}agents")).collect()
}

/// Whether the front matter has the name and description of an agent and a field that tells.
fn is_definition(path: &Path) -> bool {
    let Ok(head) = files::head(path, HEAD) else {
        return false;
    };
    if !(head.starts_with(b"---") || head.starts_with(b"\xef\xbb\xbf---")) {
        return false;
    }
    let head = String::from_utf8_lossy(&head);
    let parts = front_matter::split(&head);
    let has = |field: &str| parts.field(field).is_some();
    has("name")
        && has("description")
        && TELLING.iter().any(|field| has(field))
        && !has("mode")
        && !has("allowed-tools")
}

/// Whether the front matter has the name of an agent, or cannot be read. A title and a description are those of any page.
fn reads_like(path: &Path) -> bool {
    let Ok(head) = files::head(path, HEAD) else {
        return true;
    };
    let head = String::from_utf8_lossy(&head);
    let has_fence = head.trim_start_matches('\u{feff}').starts_with("---");
    let parts = front_matter::split(&head);
    let has = |field: &str| parts.field(field).is_some();
    let is_described = || has("description") && TELLING.iter().any(|field| has(field));
    has_fence && (parts.fields().is_empty() || has("name") || is_described())
}

fn is_markdown_file(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::File { .. })
        && Path::new(&entry.path)
            .extension()
            .is_some_and(|extension| extension == "md")
}

/// The files that plugin manifests and marketplaces below `root` list as agents, by path from it.
fn listed_in_manifests(root: &Path, entries: &[Entry]) -> BTreeSet<String> {
    let mut listed = BTreeSet::new();
    for entry in entries {
        let is_plugin = entry.path.ends_with(".claude-plugin/plugin.json");
        if !is_plugin && !entry.path.ends_with(".claude-plugin/marketplace.json") {
            continue;
        }
        let bytes = files::read(&root.join(&entry.path)).unwrap_or_default();
        let Ok(manifest) = serde_json::from_slice::<Value>(&bytes) else {
            continue;
        };
        let home = entry.path.rsplit('/').nth(2).map_or("", |_| {
            let end = entry.path.len()
                - entry
                    .path
                    .rsplit('/')
                    .take(2)
                    .map(|part| part.len() + 1)
                    .sum::<usize>();
            &entry.path[..end]
        });
        if is_plugin {
            listed.extend(paths_of(&manifest["agents"]).filter_map(|path| joined(home, "", path)));
        }
        for plugin in manifest["plugins"].as_array().into_iter().flatten() {
            let source = plugin["source"].as_str().unwrap_or_default();
            listed.extend(paths_of(&plugin["agents"]).filter_map(|path| joined(home, source, path)));
        }
    }
    let folders: BTreeSet<String> = listed.iter().map(|path| format!("{path}/")).collect();
    let below = entries.iter().filter(|entry| is_markdown_file(entry));
    let below = below.filter(|entry| {
        let mut above = entry.path.match_indices('/').map(|(at, _)| &entry.path[..=at]);
        above.any(|folder| folders.contains(folder))
            && place(&entry.path, false, &BTreeSet::new()) != Place::Foreign
    });
    let below: Vec<String> = below.map(|entry| entry.path.clone()).collect();
    listed.extend(below);
    listed
}

/// A string, or the strings of a list.
fn paths_of(value: &Value) -> impl Iterator<Item = &str> {
    let one = value.as_str();
    let many = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(many)
}

/// The path from the root of what a manifest names; nothing when it leaves the plugin.
fn joined(home: &str, source: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in home.split('/').chain(source.split('/')).chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folders of skills: their files belong to them.
struct FoldersOf {
    folders: BTreeSet<String>,
}

impl FoldersOf {
    fn new(root: &Path, skills: &[skill::Found]) -> Self {
        let inside = |found: &skill::Found| {
            let folder = found.folder.strip_prefix(root).unwrap_or(&found.folder);
            (!folder.as_os_str().is_empty()).then(|| format!("{}/", slashed(folder)))
        };
        Self {
            folders: skills.iter().filter_map(inside).collect(),
        }
    }

    fn hold(&self, path: &str) -> bool {
        path.match_indices('/')
            .any(|(at, _)| self.folders.contains(&path[..=at]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_tells_first() {
        let homes = BTreeSet::from(["plugins/a/agents".to_owned()]);
        for (path, inside, expected) in [
            ("agents/reviewer.md", false, Place::Sure),
            ("plugins/a/agents/x.md", false, Place::Sure),
            (".claude/agents/x.md", false, Place::Sure),
            ("docs/agents/x.md", false, Place::Likely),
            ("plugins/a/agents/deep/x.md", false, Place::Likely),
            ("reviewer.md", true, Place::Sure),
            ("agents/README.md", false, Place::Foreign),
            ("agents/planner.agent.md", false, Place::Foreign),
            (".github/agents/planner.md", false, Place::Foreign),
            ("categories/core/reviewer.md", false, Place::Open),
            ("skills/creator/agents/grader.md", false, Place::Foreign),
        ] {
            assert_eq!(place(path, inside, &homes), expected, "{path}");
        }
    }

    #[test]
    fn paths_of_manifests_stay_inside() {
        assert_eq!(
            joined("plugins/a", "", "./x/y.md").as_deref(),
            Some("plugins/a/x/y.md")
        );
        assert_eq!(
            joined("", "./plugins/b", "agents").as_deref(),
            Some("plugins/b/agents")
        );
        assert_eq!(joined("a", "", "../../x.md"), None);
    }
}
