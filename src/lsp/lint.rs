//! The linter as this room sees it: which files are linted together, their findings, and what their fixes come to.
//!
//! Everything that knows how a repository is surveyed and how skills and agents are read and checked is here, so that the rest
//! speaks of texts and places only. Findings name files by their path from the root of the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::GlobSet;

use crate::agent::{self, Agent};
use crate::diagnostic::Diagnostic;
use crate::io::files;
use crate::lint::{self, About, Levels};
use crate::marketplace;
use crate::page::Page;
use crate::page::fields::{Field, OF_AGENTS, OF_SKILLS};
use crate::skill::{self, Skill, around::Around};
use crate::text::{Source, slashed};
use crate::workspace::{self, Card, Catalog, Scope, Survey};

/// Files that are linted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// A skill, by its folder.
    Skill(PathBuf),
    /// An agent, by its file.
    Agent(PathBuf),
    /// A manifest of a plugin or marketplace, or a file of hooks.
    Manifest(PathBuf),
}

impl Unit {
    /// Whether a file may be one of its own.
    pub fn holds(&self, path: &Path) -> bool {
        match self {
            Self::Skill(folder) => path.starts_with(folder),
            Self::Agent(own) | Self::Manifest(own) => path == own,
        }
    }

    /// The fields that the front matter of a file of it may have.
    pub fn fields(&self, path: &Path) -> &'static [Field] {
        match self {
            Self::Skill(folder) if skill::is_named(path) && path.parent() == Some(folder) => OF_SKILLS,
            Self::Agent(_) => OF_AGENTS,
            Self::Skill(_) | Self::Manifest(_) => &[],
        }
    }
}

/// What there is to lint in a repository, as it was found on disk.
#[derive(Debug, Default)]
pub struct Listing {
    root: PathBuf,
    survey: Survey,
}

impl Listing {
    /// Walks a repository, and leaves out what its settings leave out.
    pub fn of(root: &Path, excluded: &GlobSet) -> Self {
        let mut survey = Survey::of(&[root.to_path_buf()], Scope::Everything).unwrap_or_default();
        survey.leave_out(excluded, |path| shown(Path::new(path), root));
        Self {
            root: root.to_path_buf(),
            survey,
        }
    }

    /// What a file is linted with: the innermost skill that holds it, and itself when it is an agent or a manifest. `is_open`
    /// tells whether the editor has a file, which need not be on disk yet.
    pub fn units_of(&self, path: &Path, is_open: impl Fn(&Path) -> bool) -> Vec<Unit> {
        let skills = self.survey.units.iter().filter_map(|unit| match unit {
            workspace::Unit::Skill(found) if unit.holds(path) => Some(&found.folder),
            _ => None,
        });
        let known = skills.max_by_key(|folder| folder.as_os_str().len());
        let folders = path.ancestors().skip(1);
        let mut folders = folders.take_while(|folder| folder.starts_with(&self.root));
        let folder = folders.find(|folder| {
            let page = folder.join(skill::FILE_NAME);
            known.is_some_and(|known| known == folder) || (is_open(&page) && !files::exists(&page))
        });
        let mut units: Vec<Unit> = folder
            .map(|folder| Unit::Skill(folder.to_path_buf()))
            .into_iter()
            .collect();
        let is_new = !files::exists(path);
        if self.agent(path).is_some() || (is_new && units.is_empty() && is_agent_place(path)) {
            units.push(Unit::Agent(path.to_path_buf()));
        }
        if self.manifest(path).is_some() || (is_new && marketplace::is_named(path)) {
            units.push(Unit::Manifest(path.to_path_buf()));
        }
        units
    }

    /// Whether a file is known, so that writing it changes nothing about what there is.
    pub fn knows(&self, path: &Path) -> bool {
        let is_known_in = |found: &skill::Found| {
            found.page() == path
                || path
                    .strip_prefix(&found.folder)
                    .is_ok_and(|inside| has_entry(found, &slashed(inside)))
        };
        self.survey.units.iter().any(|unit| match unit {
            workspace::Unit::Skill(found) => unit.holds(path) && is_known_in(found),
            workspace::Unit::Agent(_) | workspace::Unit::Manifest(_) => unit.holds(path),
        })
    }

    /// All units, with what is known of them without a look.
    pub fn units(&self) -> impl Iterator<Item = Unit> + '_ {
        self.survey.units.iter().map(|unit| match unit {
            workspace::Unit::Skill(found) => Unit::Skill(found.folder.clone()),
            workspace::Unit::Agent(found) => Unit::Agent(found.path.clone()),
            workspace::Unit::Manifest(_) => Unit::Manifest(unit.path()),
        })
    }

    fn skill(&self, folder: &Path) -> Option<&skill::Found> {
        self.survey.units.iter().find_map(|unit| match unit {
            workspace::Unit::Skill(found) if found.folder == folder => Some(found),
            _ => None,
        })
    }

    fn agent(&self, path: &Path) -> Option<&agent::Found> {
        self.survey.units.iter().find_map(|unit| match unit {
            workspace::Unit::Agent(found) if found.path == path => Some(found),
            _ => None,
        })
    }

    fn manifest(&self, path: &Path) -> Option<&marketplace::Found> {
        self.survey.units.iter().find_map(|unit| match unit {
            workspace::Unit::Manifest(found) if unit.holds(path) => Some(&**found),
            _ => None,
        })
    }

    /// Reads a unit from disk. A manifest whose folder cannot be walked is not read.
    pub fn read(&self, unit: &Unit) -> Option<Subject> {
        match unit {
            Unit::Skill(folder) => {
                let mut bundle = match self.skill(folder) {
                    Some(found) => skill::read(found),
                    None => skill::read(&unwritten(folder)),
                };
                bundle.folder = shown(folder, &self.root);
                Some(Subject::Skill {
                    folder: folder.clone(),
                    skill: Box::new(Skill::read(bundle)),
                })
            }
            Unit::Agent(path) => {
                let shown = shown(path, &self.root);
                let bytes = agent::bytes(path, None);
                Some(Subject::Agent(Box::new(match self.agent(path) {
                    Some(found) => Agent::found(&shown, found, bytes),
                    None => Agent::read(&shown, bytes),
                })))
            }
            Unit::Manifest(path) => {
                // One that is new has no text yet but the editor's.
                let bytes = (!files::exists(path)).then(Vec::new);
                let found = marketplace::overlaid(path, bytes).ok()??;
                let source = Source::new(shown(path, &self.root), found.source().text());
                Some(Subject::Manifest(Box::new(found.with_source(&source))))
            }
        }
    }

    /// What the whole repository needs to know of some units.
    pub fn cards(&self, units: Vec<Unit>) -> BTreeMap<Unit, Option<Card>> {
        let cards = files::in_parallel(units, |unit| {
            let card = match &unit {
                Unit::Manifest(_) => None,
                unit => self.read(unit).and_then(|subject| subject.card()),
            };
            (unit, card)
        });
        cards.into_iter().collect()
    }

    /// The bytes of every file of every unit that may be text.
    pub fn texts(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let texts = files::in_parallel(&self.survey.units, |unit| match unit {
            workspace::Unit::Skill(found) => {
                let bundle = skill::read(found);
                let page = bundle.text.into_iter().map(|bytes| (found.page(), bytes));
                let others = bundle.texts.into_iter();
                page.chain(others.map(|(path, bytes)| (found.folder.join(path), bytes)))
                    .collect::<Vec<_>>()
            }
            workspace::Unit::Agent(found) => {
                let bytes = agent::bytes(&found.path, found.stamp).into_iter();
                bytes.map(|bytes| (found.path.clone(), bytes)).collect()
            }
            workspace::Unit::Manifest(_) => Vec::new(),
        });
        texts.into_iter().flatten().collect()
    }
}

fn has_entry(found: &skill::Found, path: &str) -> bool {
    let at = found
        .files
        .binary_search_by(|entry| entry.path.as_str().cmp(path));
    at.is_ok()
}

/// A skill whose `SKILL.md` is not on disk yet.
fn unwritten(folder: &Path) -> skill::Found {
    let tree = files::walk(folder).ok();
    skill::Found {
        folder: folder.to_path_buf(),
        file_name: None,
        page_stamp: None,
        files: tree.map(|tree| tree.entries).unwrap_or_default(),
        unreadable: BTreeMap::new(),
        around: Around::default(),
    }
}

/// Whether a file that is not on disk yet will be an agent, by its place.
fn is_agent_place(path: &Path) -> bool {
    agent::is_named(path)
        && path
            .parent()
            .is_some_and(|folder| folder.iter().any(|part| part == "agents"))
}

/// The findings that only a look at all skills and agents gives.
pub fn check_all<'a>(cards: impl Iterator<Item = &'a Card>, levels: &Levels) -> Vec<Diagnostic> {
    let catalog = Catalog::new(cards.cloned().collect());
    lint::run(workspace::rules::RULES, &catalog, levels)
}

/// A unit, read.
#[derive(Debug)]
pub enum Subject {
    Skill { folder: PathBuf, skill: Box<Skill> },
    Agent(Box<Agent>),
    Manifest(Box<marketplace::Found>),
}

impl Subject {
    /// Puts the text of a buffer in the place of a file's.
    pub fn put(&mut self, path: &Path, text: &str) {
        match self {
            Self::Skill { folder, skill } => {
                if let Ok(inside) = path.strip_prefix(folder) {
                    skill.put(&slashed(inside), text);
                }
            }
            Self::Agent(agent) => {
                let source = Source::new(agent.page.source.path().clone(), text);
                agent.page = Page::read(source);
                agent.unreadable = None;
            }
            Self::Manifest(found) => {
                let source = Source::new(found.source().path().clone(), text);
                **found = found.with_source(&source);
            }
        }
    }

    /// The findings in all its files.
    pub fn check(&self, levels: &Levels) -> Vec<Diagnostic> {
        match self {
            Self::Skill { skill, .. } => skill::lint::check(skill, levels),
            Self::Agent(agent) => agent::lint::check(agent, levels),
            Self::Manifest(found) => found.check(levels),
        }
    }

    /// What the whole repository needs to know of it.
    pub fn card(&self) -> Option<Card> {
        match self {
            Self::Skill { skill, .. } => Card::of_skill(skill),
            Self::Agent(agent) => Card::of_agent(agent),
            Self::Manifest(_) => None,
        }
    }

    /// The folder of a skill, and the paths of its files from there.
    pub fn files(&self) -> Option<(PathBuf, Vec<String>)> {
        let Self::Skill { folder, skill } = self else {
            return None;
        };
        let files = skill.files.iter();
        let files = files.filter(|entry| matches!(entry.kind, files::EntryKind::File { .. }));
        Some((folder.clone(), files.map(|entry| entry.path.clone()).collect()))
    }

    /// The text of a file, named as findings name it, after its safe fixes; nothing where there are none.
    pub fn fixed(&self, shown: &str, levels: &Levels) -> Option<String> {
        let fixed = match self {
            Self::Skill { skill, .. } => skill::lint::fixed(skill, levels, false, |_| true),
            Self::Agent(agent) => agent::lint::fixed(agent, levels, false),
            Self::Manifest(found) => marketplace::lint::fixed(found, levels, false),
        };
        let mut changed = fixed.changed.into_iter();
        let (_, after) = changed.find(|(before, _)| &**before.path() == shown)?;
        Some(after.text().to_owned())
    }
}

/// A path as findings show it.
pub fn shown(path: &Path, root: &Path) -> String {
    slashed(path.strip_prefix(root).unwrap_or(path))
}

/// What is known of a rule.
pub fn about(rule: &str) -> Option<&'static About> {
    workspace::lint::all_abouts()
        .into_iter()
        .find(|about| about.name == rule)
}

/// The names of all rules.
pub fn rule_names() -> Vec<&'static str> {
    let abouts = workspace::lint::all_abouts().into_iter();
    abouts.map(|about| about.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_skills_are_those_the_rules_know() {
        let documented = OF_SKILLS.iter().map(|field| field.name);
        assert!(documented.eq(skill::fields::known()));
    }
}
