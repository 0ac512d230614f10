//! The linter as this room sees it: which files are linted together, their findings, and what their fixes come to.
//!
//! Everything that knows how skills and agents are read and checked is here, so that the rest speaks of texts and places only.

use std::path::{Path, PathBuf};

use crate::agent::{self, Agent};
use crate::diagnostic::Diagnostic;
use crate::io::files;
use crate::lint::{self, About, Levels};
use crate::page::Page;
use crate::page::fields::{Field, OF_AGENTS, OF_SKILLS};
use crate::skill::{self, Bundle, Skill};
use crate::text::{Source, slashed};

/// Files that are linted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// A skill, by its folder.
    Skill(PathBuf),
    /// An agent, by its file.
    Agent(PathBuf),
}

impl Unit {
    /// The files that a file is linted with: those of the innermost skill that holds it, or an agent's. `is_there` tells whether
    /// a file exists, on disk or in the editor.
    pub fn of(path: &Path, is_there: impl Fn(&Path) -> bool) -> Option<Self> {
        if is_skill_file(path) {
            return path.parent().map(|folder| Self::Skill(folder.to_path_buf()));
        }
        for folder in path.ancestors().skip(1) {
            let names = [skill::FILE_NAME, "skill.md", "Skill.md"];
            if names.iter().any(|name| is_there(&folder.join(name))) {
                return Some(Self::Skill(folder.to_path_buf()));
            }
            if is_there(&folder.join(".git")) {
                break;
            }
        }
        is_agent_file(path).then(|| Self::Agent(path.to_path_buf()))
    }

    /// The file that makes it what it is.
    pub fn file(&self) -> PathBuf {
        match self {
            Self::Skill(folder) => folder.join(skill::FILE_NAME),
            Self::Agent(path) => path.clone(),
        }
    }

    /// Whether a file may be one of its own.
    pub fn holds(&self, path: &Path) -> bool {
        match self {
            Self::Skill(folder) => path.starts_with(folder),
            Self::Agent(own) => path == own,
        }
    }

    /// The fields that the front matter of a file of it may have.
    pub fn fields(&self, path: &Path) -> &'static [Field] {
        match self {
            Self::Skill(_) if is_skill_file(path) => OF_SKILLS,
            Self::Skill(_) => &[],
            Self::Agent(_) => OF_AGENTS,
        }
    }
}

/// Whether a path names a `SKILL.md`, in any letter case.
pub fn is_skill_file(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.eq_ignore_ascii_case(skill::FILE_NAME))
}

/// Whether a file that belongs to no skill is an agent by its place: a Markdown file below a folder named `agents`.
fn is_agent_file(path: &Path) -> bool {
    let is_text = ["README.md", "CHANGELOG.md", "AGENTS.md", "CLAUDE.md"];
    let name = path.file_name().unwrap_or_default();
    let folders = || path.iter().rev().skip(1);
    path.extension().is_some_and(|extension| extension == "md")
        && !is_text.iter().any(|text| name == *text)
        && folders().any(|folder| folder == "agents")
        && !folders().any(|folder| folder == "skills")
}

/// A unit, read.
#[derive(Debug)]
pub enum Subject {
    Skill { folder: PathBuf, skill: Box<Skill> },
    Agent(Box<Agent>),
}

impl Subject {
    /// Reads a unit from disk. Findings name its files by their path from `root`.
    pub fn read(unit: &Unit, root: &Path) -> Self {
        match unit {
            Unit::Skill(folder) => {
                let found = skill::find(std::slice::from_ref(folder)).unwrap_or_default();
                let own = found.into_iter().find(|bundle| bundle.folder == slashed(folder));
                let mut bundle = own.unwrap_or_else(|| unwritten(folder));
                bundle.folder = shown(folder, root);
                Self::Skill {
                    folder: folder.clone(),
                    skill: Box::new(Skill::read(bundle)),
                }
            }
            Unit::Agent(path) => {
                let bytes = files::read(path).map_err(|failure| failure.causes.join(": "));
                Self::Agent(Box::new(Agent::read(&shown(path, root), bytes)))
            }
        }
    }

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
        }
    }

    /// The findings in all its files.
    pub fn check(&self, levels: &Levels) -> Vec<Diagnostic> {
        match self {
            Self::Skill { skill, .. } => skill::lint::check(skill, levels),
            Self::Agent(agent) => agent::lint::check(agent, levels),
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

    /// The text of a file, named as findings name it, after its safe fixes.
    pub fn fixed(&self, shown: &str, levels: &Levels) -> Option<String> {
        let settled = match self {
            Self::Skill { skill, .. } => skill::lint::settle(skill, levels, false),
            Self::Agent(agent) => lint::settle(vec![agent.page.source.clone()], false, |sources| {
                let page = Page::read(sources[0].clone());
                agent::lint::check(
                    &Agent {
                        page,
                        ..Agent::clone(agent)
                    },
                    levels,
                )
            }),
        };
        let mut sources = settled.sources.into_iter();
        let found = sources.find(|source| &**source.path() == shown)?;
        Some(found.text().to_owned())
    }
}

/// A skill of which nothing is on disk yet.
fn unwritten(folder: &Path) -> Bundle {
    let name = folder.file_name().unwrap_or_default();
    Bundle {
        folder: String::new(),
        folder_name: name.to_string_lossy().into_owned(),
        file_name: skill::FILE_NAME.to_owned(),
        text: Err("there is no such file".to_owned()),
        files: Vec::new(),
        texts: std::collections::BTreeMap::new(),
    }
}

/// A path as findings show it.
pub fn shown(path: &Path, root: &Path) -> String {
    slashed(path.strip_prefix(root).unwrap_or(path))
}

/// What is known of a rule.
pub fn about(rule: &str) -> Option<&'static About> {
    let rules = skill::lint::abouts().chain(agent::lint::abouts());
    let own = lint::ALLOW_RULES.iter().map(|rule| &rule.about);
    rules.chain(own).find(|about| about.name == rule)
}

/// The names of all rules.
pub fn rule_names() -> Vec<&'static str> {
    let rules = skill::lint::abouts().chain(agent::lint::abouts());
    let own = lint::ALLOW_RULES.iter().map(|rule| &rule.about);
    rules.chain(own).map(|about| about.name).collect()
}
