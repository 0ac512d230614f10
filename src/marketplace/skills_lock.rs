//! `skills-lock.json`: what the program `skills` wrote of the skills that it installed into a project, to be installed again from it.

use crate::document::tree::Node;
use crate::manifest::Manifest;
use crate::text::Source;

/// Name of the file, which lies at the top of a project.
pub const SKILLS_LOCK_FILE: &str = "skills-lock.json";

/// The version whose fields are known.
const VERSION: f64 = 1.0;

/// A lock file of the program `skills`, read.
#[derive(Debug, Clone)]
pub struct SkillsLock {
    pub manifest: Manifest,
}

impl SkillsLock {
    pub fn read(source: Source) -> Self {
        Self {
            manifest: Manifest::read(source),
        }
    }

    pub fn source(&self) -> &Source {
        &self.manifest.source
    }

    /// The whole, unless it is of a version that came later, whose fields nobody knows here.
    pub fn object(&self) -> Option<&Node> {
        let object = self.manifest.object()?;
        let version = object.get("version").and_then(Node::as_number);
        version.is_none_or(|version| version <= VERSION).then_some(object)
    }

    /// Whether it says that it is of the version that is known.
    pub fn has_known_version(object: &Node) -> bool {
        let version = object.get("version").and_then(Node::as_number);
        version.is_some_and(|version| version == VERSION)
    }

    /// The skills: name and entry, which may be any value.
    pub fn entries(&self) -> &[(Node, Node)] {
        let skills = self.object().and_then(|object| object.get("skills"));
        skills.and_then(Node::as_map).unwrap_or_default()
    }
}
