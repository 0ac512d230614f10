//! From paths to units: what each file is, by manifest, by place and by content.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::GlobSet;

use crate::agent;
use crate::failure::{Failure, Result};
use crate::io::{clock, files};
use crate::marketplace;
use crate::skill;
use crate::text::slashed;

/// What a command looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `skill lint`
    Skills,
    /// `agent lint`
    Agents,
    /// `marketplace lint`
    Manifests,
    /// `lint`
    Everything,
}

impl Scope {
    fn has_skills(self) -> bool {
        matches!(self, Self::Skills | Self::Everything)
    }

    fn has_agents(self) -> bool {
        matches!(self, Self::Agents | Self::Everything)
    }

    fn has_manifests(self) -> bool {
        matches!(self, Self::Manifests | Self::Everything)
    }
}

/// What is linted by itself.
#[derive(Debug, Clone)]
pub enum Unit {
    Skill(skill::Found),
    Agent(agent::Found),
    /// Read already: manifests are few and small, and say which other files are manifests.
    Manifest(Box<marketplace::Found>),
}

impl Unit {
    /// The file that findings about the whole unit name.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::Skill(found) => found.page(),
            Self::Agent(found) => found.path.clone(),
            Self::Manifest(found) => PathBuf::from(&**found.source().path()),
        }
    }

    /// Whether the file is read when the unit is.
    pub fn holds(&self, path: &Path) -> bool {
        match self {
            Self::Skill(found) => path.starts_with(&found.folder),
            Self::Agent(found) => found.path == path,
            Self::Manifest(_) => self.path() == path,
        }
    }
}

/// The units below some paths, each once, ordered by path.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    pub units: Vec<Unit>,
    /// When the walk began, in nanoseconds since the Unix epoch: no stamp in `units` is older.
    pub began: i128,
    /// The files and folders of skills that were named instead of the skill, by its folder: only what is found there is told.
    parts: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
}

impl Survey {
    /// Walks the paths. A path may name a file outright, which is then taken for what its name says or for part of the skill that
    /// holds it, or a folder. A path that is not there is a failure; a folder that holds nothing to lint is not.
    pub fn of(paths: &[PathBuf], scope: Scope) -> Result<Self> {
        let mut skills: BTreeMap<PathBuf, skill::Found> = BTreeMap::new();
        let began = clock::unix_nanoseconds();
        let mut agents: BTreeMap<PathBuf, agent::Found> = BTreeMap::new();
        let mut manifests: BTreeMap<Arc<str>, marketplace::Found> = BTreeMap::new();
        let mut parts: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
        let mut in_parts: BTreeMap<PathBuf, skill::Found> = BTreeMap::new();
        let by_path = |found: marketplace::Found| (Arc::clone(found.source().path()), found);
        for path in paths {
            let path = if path.as_os_str().is_empty() {
                Path::new(".")
            } else {
                path
            };
            if files::is_folder(path) {
                let tree = files::walk(path)?;
                let found = skill::found_in(path, &tree);
                let known = (skills.len(), agents.len(), manifests.len());
                if scope.has_agents() {
                    let found = agent::found_in(path, &tree.entries, &found)?;
                    agents.extend(found.into_iter().map(|found| (found.path.clone(), found)));
                }
                if scope.has_skills() {
                    skills.extend(found.into_iter().map(|found| (found.folder.clone(), found)));
                }
                if scope.has_manifests() {
                    manifests.extend(marketplace::found_in(path, tree).into_iter().map(by_path));
                }
                let is_bare = known == (skills.len(), agents.len(), manifests.len());
                if is_bare
                    && scope.has_skills()
                    && let Some((found, part)) = skill::found_around(path)?
                {
                    parts.entry(found.folder.clone()).or_default().insert(part);
                    in_parts.insert(found.folder.clone(), found);
                }
            } else if scope.has_skills() && skill::is_named(path) {
                let found = skill::found_at(path)?;
                skills.extend(found.into_iter().map(|found| (found.folder.clone(), found)));
            } else if scope.has_manifests() && marketplace::is_named(path) {
                manifests.extend(marketplace::found_at(path)?.map(by_path));
            } else if scope.has_skills()
                && files::exists(path)
                && let Some((found, part)) = skill::found_around(path)?
            {
                parts.entry(found.folder.clone()).or_default().insert(part);
                in_parts.insert(found.folder.clone(), found);
            } else if scope.has_agents() && agent::is_named(path) {
                let found = agent::found_at(path)?;
                agents.entry(found.path.clone()).or_insert(found);
            } else {
                files::size(path)?;
                return Err(not_lintable(path, scope));
            }
        }
        // A skill that is looked at as a whole is told of as a whole.
        parts.retain(|folder, _| !skills.contains_key(folder));
        for (folder, found) in in_parts {
            skills.entry(folder).or_insert(found);
        }
        let skills = skills.into_values().map(Unit::Skill);
        let agents = agents.into_values().map(Unit::Agent);
        let manifests = manifests
            .into_values()
            .map(|found| Unit::Manifest(Box::new(found)));
        let mut units: Vec<Unit> = skills.chain(agents).chain(manifests).collect();
        units.sort_by_cached_key(Unit::path);
        Ok(Self { units, began, parts })
    }

    /// The files that findings are told of when nothing is found: one for each unit, or the parts of a skill that were named.
    pub fn checked(&self) -> Vec<PathBuf> {
        let paths = self.units.iter().flat_map(|unit| match self.parts_of(unit) {
            Some(parts) => parts.iter().cloned().collect(),
            None => vec![unit.path()],
        });
        paths.collect()
    }

    /// Whether the whole unit was named, and not parts of it only.
    pub fn is_whole(&self, unit: &Unit) -> bool {
        self.parts_of(unit).is_none()
    }

    /// Whether what is found in a file of the unit is told. The path is one that findings show.
    pub fn tells(&self, unit: &Unit, path: &str) -> bool {
        let is_below = |part: &PathBuf| {
            let part = part.strip_prefix(".").unwrap_or(part);
            Path::new(path).starts_with(part)
        };
        self.parts_of(unit).is_none_or(|parts| parts.iter().any(is_below))
    }

    fn parts_of(&self, unit: &Unit) -> Option<&BTreeSet<PathBuf>> {
        match unit {
            Unit::Skill(found) => self.parts.get(&found.folder),
            Unit::Agent(_) | Unit::Manifest(_) => None,
        }
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
            // What it says of other files may have become wrong by a change of those.
            Unit::Manifest(_) => {
                let path = folder.join(unit.path());
                let root = path.parent().and_then(Path::parent).unwrap_or(folder);
                let inside = files::canonical(root).unwrap_or_default();
                let mut below = changed.range(inside.clone()..);
                below.next().is_some_and(|path| path.starts_with(&inside))
            }
        });
    }
}

fn not_lintable(path: &Path, scope: Scope) -> Failure {
    let shown = slashed(path);
    match scope {
        Scope::Skills => Failure::user(format!("`{shown}` is not a skill"))
            .hint("name a `SKILL.md`, a file beside or below one, a skill's folder, or a folder of skills"),
        Scope::Agents => Failure::user(format!("`{shown}` is not an agent"))
            .hint("name a Markdown file, or a folder that holds `agents/`"),
        Scope::Manifests => Failure::user(format!("`{shown}` is not a manifest"))
            .hint("name a `plugin.json` or `marketplace.json` in `.claude-plugin`, a `hooks/hooks.json`, or a folder"),
        Scope::Everything => Failure::user(format!("there is no rule for `{shown}`"))
            .hint("name a `SKILL.md`, a file in a skill's folder, an agent's Markdown file, a manifest, or a folder"),
    }
}
