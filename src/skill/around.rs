//! What lies around a skill's folder, as far as it was listed: enough to tell a link out of the folder from a dead one.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

/// What was listed around all skills of a walk.
#[derive(Debug, Default)]
pub struct Listed {
    /// Every path below the folder that was listed, sorted.
    paths: Vec<String>,
    /// Names of what lies in the folder that was listed and in those above it, up to the top of the repository.
    above: BTreeSet<String>,
    digest: OnceLock<String>,
}

/// A place in a listing of files and folders. Nothing is known around the default.
#[derive(Debug, Clone, Default)]
pub struct Around {
    listed: Arc<Listed>,
    /// Path of the skill's folder in it; empty for the listed folder itself.
    at: String,
    /// How many folders above the skill's own is one that is a skill too; the outermost counts.
    outer: usize,
    /// Where the skill's own `SKILL.md` leads, when it is a symbolic link.
    own_link: Option<String>,
}

/// What makes a plugin of the folder it lies in.
pub const PLUGIN: &str = ".claude-plugin/plugin.json";

impl Listed {
    pub fn new(paths: Vec<String>, above: BTreeSet<String>) -> Self {
        Self {
            paths,
            above,
            digest: OnceLock::new(),
        }
    }

    /// What it is known by. A walk that nobody remembers needs none.
    fn digest(&self) -> &str {
        self.digest.get_or_init(|| {
            let mut digest = Sha256::new();
            for path in self.paths.iter().chain(&self.above) {
                digest.update((path.len() as u64).to_le_bytes());
                digest.update(path);
            }
            digest.update((self.paths.len() as u64).to_le_bytes());
            let mut text = String::with_capacity(64);
            for byte in digest.finalize() {
                let _ = write!(text, "{byte:02x}");
            }
            text
        })
    }
}

impl Around {
    pub fn new(listed: Arc<Listed>, at: String, outer: usize) -> Self {
        Self {
            listed,
            at,
            outer,
            own_link: None,
        }
    }

    /// The same around a `SKILL.md` that is a link.
    #[must_use]
    pub fn with_own_link(mut self, target: String) -> Self {
        self.own_link = Some(target);
        self
    }

    /// Where the skill's own `SKILL.md` leads, from its folder, when it is a symbolic link.
    pub fn own_link(&self) -> Option<&str> {
        self.own_link.as_deref()
    }

    /// What all of this is known by: the same surroundings have the same.
    pub fn fingerprint(&self) -> String {
        let own_link = self.own_link.as_deref().unwrap_or_default();
        format!("{} {} {own_link} {}", self.listed.digest(), self.outer, self.at)
    }

    /// Whether one of the folders above the skill's own holds something of that name, as far as they were looked at.
    pub fn has_above(&self, name: &str) -> bool {
        let mut above = self.at.as_str();
        while let Some((parent, _)) = above.rsplit_once('/') {
            if self.lists(&format!("{parent}/{name}")) {
                return true;
            }
            above = parent;
        }
        !self.at.is_empty() && self.lists(name) || self.listed.above.contains(name)
    }

    /// Whether something lies at `path` from the skill's folder, `..` allowed in front. `None` when that place was not listed.
    pub fn has(&self, path: &str) -> Option<bool> {
        let mut above = self.at.as_str();
        let mut path = path;
        while let Some(rest) = path.strip_prefix("..") {
            if above.is_empty() {
                return None;
            }
            above = above.rsplit_once('/').map_or("", |(above, _)| above);
            path = rest.strip_prefix('/').unwrap_or(rest);
        }
        if self.listed.paths.is_empty() {
            return None;
        }
        let found = match (above, path) {
            ("", "") => return Some(true),
            ("", path) | (path, "") => self.lists(path),
            (above, path) => self.lists(&format!("{above}/{path}")),
        };
        Some(found)
    }

    /// Names of the folders that hold something at `path` from themselves.
    pub fn skills_with(&self, path: &str) -> impl Iterator<Item = &str> {
        self.listed.paths.iter().filter_map(move |known| {
            let folder = known.strip_suffix(path)?.strip_suffix('/')?;
            Some(folder.rsplit('/').next().unwrap_or(folder))
        })
    }

    fn lists(&self, path: &str) -> bool {
        self.listed
            .paths
            .binary_search_by(|known| known.as_str().cmp(path))
            .is_ok()
    }

    /// Whether `path`, which leaves the skill's folder, stays in a skill that this one is a part of.
    pub fn is_in_outer_skill(&self, path: &str) -> bool {
        path.split('/').take_while(|part| *part == "..").count() <= self.outer
    }

    /// Whether `path`, which leaves the skill's folder, stays in the plugin that the skill comes with.
    pub fn is_in_plugin(&self, path: &str) -> bool {
        let levels = path.split('/').take_while(|part| *part == "..").count();
        let mut shared = self.at.as_str();
        for _ in 0..levels {
            if shared.is_empty() {
                return false;
            }
            shared = shared.rsplit_once('/').map_or("", |(above, _)| above);
        }
        while !shared.is_empty() {
            if self.lists(&format!("{shared}/{PLUGIN}")) {
                return true;
            }
            shared = shared.rsplit_once('/').map_or("", |(above, _)| above);
        }
        self.lists(PLUGIN) || self.listed.above.contains(PLUGIN)
    }

    /// Folders of the skills in this one's folder, by path from there.
    pub fn inner_skills(&self) -> impl Iterator<Item = &str> {
        let prefix = if self.at.is_empty() {
            String::new()
        } else {
            format!("{}/", self.at)
        };
        let first = self.listed.paths.partition_point(|path| *path < prefix);
        self.listed.paths[first..]
            .iter()
            .map_while(move |path| path.strip_prefix(&prefix))
            .filter_map(|path| path.strip_suffix("/SKILL.md"))
    }

    /// Whether the skill lies in the folder of another.
    pub fn is_inside_a_skill(&self) -> bool {
        self.outer > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_around_are_known_as_far_as_they_were_listed() {
        let paths = [
            "skills",
            "skills/a",
            "skills/a/b",
            "skills/a/b/SKILL.md",
            "skills/c",
        ];
        let above = BTreeSet::from(["scripts".to_owned()]);
        let listed = Listed::new(paths.map(str::to_owned).into(), above);
        let around = Around::new(Arc::new(listed), "skills/a/b".to_owned(), 1);
        for (path, expected) in [
            ("SKILL.md", Some(true)),
            ("../../c", Some(true)),
            ("../../d", Some(false)),
            ("../../../skills", Some(true)),
            ("../../..", Some(true)),
            ("../../../..", None),
        ] {
            assert_eq!(around.has(path), expected, "{path}");
        }
        assert!(!around.is_in_plugin("../x"));
        assert!(around.is_in_outer_skill("../x"));
        assert!(!around.is_in_outer_skill("../../x"));
        assert!(around.has_above("scripts") && around.has_above("c") && !around.has_above("d"));
        assert_eq!(Around::default().has("x"), None);
    }
}
