//! What the server knows between messages: open texts, what they belong to, what was found in them.
//!
//! Nothing is linted when a message comes; files become due, and are linted when no message waits any more. So a burst of key
//! strokes costs one look, without a clock. A skill is read from disk when one of its files is opened, saved or said to have
//! changed; between key strokes only the page that is typed in is read again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lsp_types::Uri;

use crate::config;
use crate::diagnostic::Diagnostic;
use crate::lint;
use crate::page::Page;
use crate::skill;
use crate::text::Source;

use super::buffers::{Buffer, Buffers};
use super::client::Client;
use super::lint::{Subject, Unit, shown};
use super::repository::{Repository, Site};

/// A unit with an open file.
#[derive(Debug)]
struct Checked {
    subject: Subject,
    root: PathBuf,
    /// None when a text has changed since.
    findings: Option<Vec<Diagnostic>>,
}

/// An open file and what it belongs to.
#[derive(Debug, Clone)]
struct Belonging {
    root: PathBuf,
    units: Vec<Unit>,
}

#[derive(Debug)]
pub struct Session {
    pub client: Client,
    pub buffers: Buffers,
    /// Settings file given on the command line.
    given: Option<PathBuf>,
    repositories: BTreeMap<PathBuf, Repository>,
    units: BTreeMap<Unit, Checked>,
    belongings: BTreeMap<PathBuf, Belonging>,
    due: BTreeSet<PathBuf>,
}

impl Session {
    pub fn new(client: Client, given: Option<PathBuf>) -> Self {
        Self {
            client,
            buffers: Buffers::new(client.encoding),
            given,
            repositories: BTreeMap::new(),
            units: BTreeMap::new(),
            belongings: BTreeMap::new(),
            due: BTreeSet::new(),
        }
    }

    /// Forgets everything but the open texts: after a fault in the middle of some work, or when settings come or go, nothing
    /// else can be trusted.
    pub fn forget(&mut self) {
        self.repositories.clear();
        self.units.clear();
        self.belongings.clear();
        self.all_due();
    }

    /// A file was opened.
    pub fn opened(&mut self, path: &Path) {
        if skill::is_named(path) {
            self.belongings.clear();
        }
        self.written(path);
    }

    /// The text of an open file has changed.
    pub fn changed(&mut self, path: &Path) {
        if is_settings(path) {
            // What is on disk is the same; how it is judged is not.
            self.repositories.clear();
            self.belongings.clear();
            for checked in self.units.values_mut() {
                checked.findings = None;
            }
            self.all_due();
        }
        self.due.insert(path.to_path_buf());
        for unit in self.belonging(path).units {
            if let (Some(checked), Some(buffer)) = (self.units.get_mut(&unit), self.buffers.at(path)) {
                checked.subject.put(path, &buffer.text);
                checked.findings = None;
            }
            self.due_with(&unit);
        }
    }

    /// A file was closed, and is on disk what it was before.
    pub fn closed(&mut self, path: &Path) {
        self.written(path);
        self.belongings.remove(path);
        self.due.remove(path);
        let belongings = &self.belongings;
        let is_open = |unit: &Unit| belongings.values().any(|other| other.units.contains(unit));
        self.units.retain(|unit, _| is_open(unit));
    }

    /// A file was written, made or removed.
    pub fn written(&mut self, path: &Path) {
        if is_settings(path) {
            self.forget();
        }
        let mut has_other_units = false;
        for repository in self.repositories.values_mut() {
            has_other_units |= repository.written(path, self.client.watches);
        }
        if has_other_units {
            // Links lead to what is there, and a file may belong to another skill now.
            self.units.clear();
            self.belongings.clear();
            self.all_due();
        }
        self.reread(path);
    }

    /// Lets everything that holds a file be read again.
    fn reread(&mut self, path: &Path) {
        let holders: Vec<Unit> = self
            .units
            .keys()
            .filter(|unit| unit.holds(path))
            .cloned()
            .collect();
        for unit in holders {
            self.units.remove(&unit);
            self.due_with(&unit);
        }
        if self.buffers.at(path).is_some() {
            self.due.insert(path.to_path_buf());
        }
    }

    fn due_with(&mut self, unit: &Unit) {
        let open = self.buffers.files().map(|(path, _)| path);
        let own = open.filter(|path| unit.holds(path)).map(Path::to_path_buf);
        self.due.extend(own);
    }

    fn all_due(&mut self) {
        self.due
            .extend(self.buffers.files().map(|(path, _)| path.to_path_buf()));
    }

    /// The open files whose findings the client does not know yet.
    pub fn take_due(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.due).into_iter().collect()
    }

    /// Looks a step further at the repositories of open files as a whole, where that is still to be done: it takes longer than a
    /// look at one skill, and whoever types must not wait for it. Gives whether nothing is left to look at.
    pub fn look_further(&mut self) -> bool {
        let roots = self.belongings.values().map(|belonging| belonging.root.clone());
        let roots: BTreeSet<PathBuf> = roots.collect();
        for root in roots {
            let Some(repository) = self.repositories.get_mut(&root) else {
                continue;
            };
            if !repository.look_further() {
                return false;
            }
            if repository.take_news() {
                self.all_due();
            }
        }
        true
    }

    fn belonging(&mut self, path: &Path) -> Belonging {
        if let Some(known) = self.belongings.get(path) {
            return known.clone();
        }
        let site = Site::around(path, self.given.as_deref(), &self.buffers);
        let root = site.root.clone();
        let (repositories, buffers) = (&mut self.repositories, &self.buffers);
        let repository = repositories
            .entry(root.clone())
            .or_insert_with(|| Repository::read(site, buffers));
        let is_open = |path: &Path| buffers.at(path).is_some();
        let units = repository.listing().units_of(path, is_open);
        let belonging = Belonging { root, units };
        self.belongings.insert(path.to_path_buf(), belonging.clone());
        belonging
    }

    /// The repository around an open file.
    pub fn repository(&mut self, path: &Path) -> &mut Repository {
        let root = self.belonging(path).root;
        let (given, buffers) = (self.given.as_deref(), &self.buffers);
        self.repositories
            .entry(root)
            .or_insert_with(|| Repository::read(Site::around(path, given, buffers), buffers))
    }

    /// What an open file is linted with.
    pub fn units(&mut self, path: &Path) -> Vec<Unit> {
        self.belonging(path).units
    }

    /// The folder of the skill that an open file belongs to.
    pub fn skill_folder(&mut self, path: &Path) -> Option<PathBuf> {
        self.units(path).into_iter().find_map(|unit| match unit {
            Unit::Skill(folder) => Some(folder),
            Unit::Agent(_) | Unit::Manifest(_) => None,
        })
    }

    /// The page of an open file, read afresh.
    pub fn page(&self, uri: &Uri) -> Option<(Buffer, Page)> {
        let buffer = self.buffers.get(uri)?;
        let is_page = |path: &Path| {
            let extension = path.extension().unwrap_or_default();
            extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("mdx")
        };
        buffer.path.as_deref().filter(|path| is_page(path))?;
        let page = Page::read(Source::new("", buffer.text.as_str()));
        Some((buffer.clone(), page))
    }

    /// Settings files with faults that are not open, with their texts and what is wrong with them.
    pub fn closed_settings(&self) -> impl Iterator<Item = (&Path, &Source, &[Diagnostic])> {
        self.repositories.values().filter_map(|repository| {
            let file = repository.settings_file()?;
            let source = repository.settings_text.as_ref()?;
            let is_told = repository.faults.is_empty() || self.buffers.at(file).is_some();
            (!is_told).then_some((file, source, repository.faults.as_slice()))
        })
    }

    /// The findings in an open file.
    pub fn findings(&mut self, path: &Path) -> Vec<Diagnostic> {
        if is_settings(path) {
            let repository = self.repository(path);
            let is_own = repository.settings_file() == Some(path);
            return if is_own {
                repository.faults.clone()
            } else {
                Vec::new()
            };
        }
        let Belonging { root, units } = self.belonging(path);
        let own = shown(path, &root);
        let is_here = |finding: &&Diagnostic| *finding.place.path == *own;
        let mut found = Vec::new();
        for unit in &units {
            self.check(unit, &root, path);
            let findings = self.units.get(unit).and_then(|checked| checked.findings.as_ref());
            found.extend(findings.into_iter().flatten().filter(is_here).cloned());
        }
        if !units.is_empty() {
            let all = self.repository(path).findings();
            found.extend(all.iter().filter(is_here).cloned());
        }
        lint::sort(&mut found);
        found
    }

    /// The files beside an open file's `SKILL.md`, as paths from their folder, and that folder.
    pub fn skill_files(&mut self, path: &Path) -> Option<(PathBuf, Vec<String>)> {
        let Belonging { root, units } = self.belonging(path);
        units.iter().find_map(|unit| {
            self.check(unit, &root, path);
            self.units.get(unit)?.subject.files()
        })
    }

    /// The text of an open file after its safe fixes; nothing where there are none.
    pub fn fixed(&mut self, path: &Path) -> Option<String> {
        let Belonging { root, units } = self.belonging(path);
        units.iter().find_map(|unit| {
            self.check(unit, &root, path);
            let levels = &self.repositories.get(&root)?.levels;
            self.units.get(unit)?.subject.fixed(&shown(path, &root), levels)
        })
    }

    /// Makes sure that the findings of a unit are there.
    fn check(&mut self, unit: &Unit, root: &Path, path: &Path) {
        if !self.units.contains_key(unit) {
            let Some(mut subject) = self.repository(path).listing().read(unit) else {
                return;
            };
            let open: Vec<PathBuf> = (self.buffers.files())
                .map(|(path, _)| path.to_path_buf())
                .filter(|path| unit.holds(path))
                .collect();
            for path in open {
                // A file of a skill inside the skill is not its own.
                if self.belonging(&path).units.contains(unit)
                    && let Some(buffer) = self.buffers.at(&path)
                {
                    subject.put(&path, &buffer.text);
                }
            }
            let checked = Checked {
                subject,
                root: root.to_path_buf(),
                findings: None,
            };
            self.units.insert(unit.clone(), checked);
        }
        self.repository(path);
        if let Some(checked) = self.units.get_mut(unit)
            && checked.findings.is_none()
            && let Some(repository) = self.repositories.get_mut(&checked.root)
        {
            checked.findings = Some(checked.subject.check(&repository.levels));
            repository.learn(unit, checked.subject.card());
        }
    }
}

/// Whether a path names a settings file.
pub fn is_settings(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == config::FILE_NAME)
}
