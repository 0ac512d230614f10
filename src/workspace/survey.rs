//! From paths to units: what each file is, by manifest, by place and by content.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use globset::GlobSet;

use crate::agent;
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::skill;
use crate::text::slashed;

/// What a command looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `skill lint`
    Skills,
    /// `agent lint`
    Agents,
    /// `lint`
    Everything,
}

impl Scope {
    fn has_skills(self) -> bool {
        self != Self::Agents
    }

    fn has_agents(self) -> bool {
        self != Self::Skills
    }
}

/// What is linted by itself.
#[derive(Debug, Clone)]
pub enum Unit {
    Skill(skill::Found),
    Agent(agent::Found),
}

impl Unit {
    /// The file that findings about the whole unit name.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::Skill(found) => found.page(),
            Self::Agent(found) => found.path.clone(),
        }
    }

    /// Whether the file is read when the unit is.
    pub fn holds(&self, path: &Path) -> bool {
        match self {
            Self::Skill(found) => path.starts_with(&found.folder),
            Self::Agent(found) => found.path == path,
        }
    }
}

/// The units below some paths, each once, ordered by path.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    pub units: Vec<Unit>,
}

impl Survey {
    /// Walks the paths. A path may name a file outright, which is then taken for what its name says, or a folder. A path that is
    /// not there is a failure; a folder that holds nothing to lint is not.
    pub fn of(paths: &[PathBuf], scope: Scope) -> Result<Self> {
        let mut skills: BTreeMap<PathBuf, skill::Found> = BTreeMap::new();
        let mut agents: BTreeSet<agent::Found> = BTreeSet::new();
        for path in paths {
            let path = if path.as_os_str().is_empty() {
                Path::new(".")
            } else {
                path
            };
            if files::is_folder(path) {
                let tree = files::walk(path)?;
                let found = skill::found_in(path, &tree);
                if scope.has_agents() {
                    agents.extend(agent::found_in(path, &tree.entries, &found)?);
                }
                if scope.has_skills() {
                    skills.extend(found.into_iter().map(|found| (found.folder.clone(), found)));
                }
            } else if scope.has_skills() && skill::is_named(path) {
                let found = skill::found_at(path)?;
                skills.extend(found.into_iter().map(|found| (found.folder.clone(), found)));
            } else if scope.has_agents() && agent::is_named(path) {
                agents.insert(agent::found_at(path)?);
            } else {
                files::read(path)?;
                return Err(not_lintable(path, scope));
            }
        }
        let skills = skills.into_values().map(Unit::Skill);
        let agents = agents.into_iter().map(Unit::Agent);
        let mut units: Vec<Unit> = skills.chain(agents).collect();
        units.sort_by_cached_key(Unit::path);
        Ok(Self { units })
    }

    /// Leaves out the units whose file matches; `from_root` makes of a path the one that the globs are about.
    pub fn leave_out(&mut self, excluded: &GlobSet, from_root: impl Fn(&str) -> String) {
        if !excluded.is_empty() {
            self.units
                .retain(|unit| !excluded.is_match(from_root(&slashed(&unit.path()))));
        }
    }

    /// Keeps the units that hold one of the files.
    /// `changed` are absolute paths without links, `folder` is the working folder.
    pub fn keep_changed(&mut self, changed: &BTreeSet<PathBuf>, folder: &Path) {
        self.units.retain(|unit| match unit {
            Unit::Skill(found) => {
                let inside = files::canonical(&folder.join(&found.folder)).unwrap_or_default();
                let mut below = changed.range(inside.clone()..);
                below.next().is_some_and(|path| path.starts_with(&inside))
            }
            Unit::Agent(found) => {
                let path = files::canonical(&folder.join(&found.path)).unwrap_or_default();
                changed.contains(&path)
            }
        });
    }
}

fn not_lintable(path: &Path, scope: Scope) -> Failure {
    let shown = slashed(path);
    match scope {
        Scope::Skills => Failure::user(format!("`{shown}` is not a skill"))
            .hint("name a `SKILL.md`, a skill's folder, or a folder of skills"),
        Scope::Agents => Failure::user(format!("`{shown}` is not an agent"))
            .hint("name a Markdown file, or a folder that holds `agents/`"),
        Scope::Everything => Failure::user(format!("there is no rule for `{shown}`"))
            .hint("name a `SKILL.md`, an agent's Markdown file, or a folder"),
    }
}
