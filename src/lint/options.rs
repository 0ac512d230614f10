//! What rules measure against beside the text itself: limits, and what an organisation asks of its skills.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::policy::CompiledPolicy;
use super::profile::Profile;

/// Numbers that rules hold sizes against. Each has the default of its rule's source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Most lines of a skill's body.
    pub body_lines: usize,
    /// Most tokens of a skill's body, estimated.
    pub body_tokens: usize,
    /// Fewest characters of a description.
    pub description_characters: usize,
    /// Most tokens of one reference page, estimated.
    pub reference_tokens: usize,
    /// Most tokens of all reference pages of a skill, estimated.
    pub references_tokens: usize,
    /// Tokens of the context window that the listing of skills is budgeted for.
    pub window_tokens: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_lines: 500,
            body_tokens: 5000,
            description_characters: 20,
            reference_tokens: 10_000,
            references_tokens: 25_000,
            window_tokens: 200_000,
        }
    }
}

/// Where the paths of findings stand against those of the settings: the first are relative to the working folder, the second to
/// the folder of the settings file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Home {
    /// The working folder, absolute, with `/` between its parts.
    pub folder: String,
    /// The folder of the settings file, absolute.
    pub root: String,
}

impl Home {
    /// The path of a finding as the settings would write it; as it is where it lies outside.
    pub fn from_root(&self, path: &str) -> String {
        let is_absolute = path.starts_with('/') || path.as_bytes().get(1) == Some(&b':');
        let start = if is_absolute { "" } else { &self.folder };
        let mut parts: Vec<&str> = Vec::new();
        for part in start.split('/').chain(path.split('/')) {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        let root = self.root.split('/').filter(|part| !part.is_empty());
        let root: Vec<&str> = root.collect();
        match parts.strip_prefix(root.as_slice()) {
            Some(inside) => inside.join("/"),
            None => path.to_owned(),
        }
    }
}

/// Everything a rule may ask for that is not in its subject.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub limits: Limits,
    pub policies: Vec<CompiledPolicy>,
    /// Models that are not to be used, beside those that are known to be gone, and what to use instead.
    pub retired_models: BTreeMap<String, String>,
    /// Clients that the project says its skills are for.
    pub clients: Vec<String>,
    /// The consumer that is linted for, when one was named.
    pub profile: Option<Profile>,
    /// What makes of a finding's path one of the settings.
    pub home: Home,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_settings() {
        let home = Home {
            folder: "/srv/repo/skills".to_owned(),
            root: "/srv/repo".to_owned(),
        };
        for (path, expected) in [
            ("pdf/SKILL.md", "skills/pdf/SKILL.md"),
            ("./pdf/SKILL.md", "skills/pdf/SKILL.md"),
            ("../agents/a.md", "agents/a.md"),
            ("/srv/repo/x.md", "x.md"),
            ("../../other/x.md", "../../other/x.md"),
        ] {
            assert_eq!(home.from_root(path), expected);
        }
        assert_eq!(Home::default().from_root("a/b.md"), "a/b.md");
    }
}
