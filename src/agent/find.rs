//! From paths to agents: Markdown files below a folder named `agents`, and files named outright.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::io::files::{self, Entry, EntryKind};
use crate::text::slashed;

use super::Agent;

/// Every agent at or below the paths, each once, ordered by path. A file named outright is taken for an agent whatever its
/// folder; a README is not one.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Agent>> {
    let mut found = BTreeSet::new();
    for path in paths {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        if files::is_folder(path) {
            let inside_agents = files::canonical(path)?
                .components()
                .any(|part| part.as_os_str() == "agents");
            let entries = files::walk(path)?.entries;
            found.extend(
                entries
                    .iter()
                    .filter(|entry| is_agent(entry, inside_agents))
                    .map(|entry| path.join(&entry.path)),
            );
        } else if path.extension().is_some_and(|extension| extension == "md") && files::exists(path) {
            found.insert(path.to_path_buf());
        } else if files::exists(path) {
            return Err(Failure::user(format!("`{}` is not an agent", slashed(path)))
                .hint("name a Markdown file, or a folder that holds `agents/`"));
        } else {
            files::read(path)?;
        }
    }
    let found: Vec<PathBuf> = found.into_iter().collect();
    Ok(files::in_parallel(&found, |path| {
        let shown = slashed(path);
        let shown = shown.strip_prefix("./").unwrap_or(&shown);
        Agent::read(
            shown,
            files::read(path).map_err(|failure| failure.causes.join(": ")),
        )
    }))
}

fn is_agent(entry: &Entry, inside_agents: bool) -> bool {
    let (folder, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
    let in_agents = inside_agents || folder.split('/').any(|part| part == "agents");
    // A skill may keep prompts for its own subagents in `agents/`; those are its text, not definitions.
    let in_skill = folder.split('/').any(|part| part == "skills");
    let is_text = ["README.md", "CHANGELOG.md", "AGENTS.md", "CLAUDE.md"].contains(&name);
    matches!(entry.kind, EntryKind::File { .. })
        && Path::new(name)
            .extension()
            .is_some_and(|extension| extension == "md")
        && in_agents
        && !in_skill
        && !is_text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_and_name_make_an_agent() {
        let file = |path: &str| Entry {
            path: path.to_owned(),
            kind: EntryKind::File {
                bytes: 1,
                executable: false,
            },
        };
        for (path, inside, expected) in [
            ("agents/reviewer.md", false, true),
            ("plugins/a/agents/deep/x.md", false, true),
            ("reviewer.md", true, true),
            ("agents/README.md", false, false),
            ("agents/notes.txt", false, false),
            ("docs/agents.md", false, false),
            ("skills/creator/agents/grader.md", false, false),
        ] {
            assert_eq!(is_agent(&file(path), inside), expected, "{path}");
        }
    }
}
