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
use crate::io::files;
use crate::page::Page;
use crate::text::Source;

use super::buffers::{Buffer, Buffers};
use super::client::Client;
use super::lint::{self, Subject, Unit};
use super::repository::{Pack, Repository};

/// What a repository that is not there holds.
static NO_PACK: Pack = Pack {
    skills: Vec::new(),
    agents: Vec::new(),
};

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
    unit: Option<Unit>,
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

    /// Forgets everything but the open texts: after a fault in the middle of some work nothing else can be trusted.
    pub fn forget(&mut self) {
        self.repositories.clear();
        self.units.clear();
        self.belongings.clear();
        self.all_due();
    }

    /// A file was opened.
    pub fn opened(&mut self, path: &Path) {
        if is_settings(path) {
            self.settings_changed();
        }
        if lint::is_skill_file(path) {
            self.belongings.clear();
        }
        self.reread(path);
    }

    /// The text of an open file has changed.
    pub fn changed(&mut self, path: &Path) {
        if is_settings(path) {
            // What is on disk is the same; how it is judged is not.
            self.repositories.clear();
            self.units
                .values_mut()
                .for_each(|checked| checked.findings = None);
            self.all_due();
        }
        let Some(unit) = self.belonging(path).unit else {
            self.due.insert(path.to_path_buf());
            return;
        };
        if let (Some(checked), Some(buffer)) = (self.units.get_mut(&unit), self.buffers.at(path)) {
            checked.subject.put(path, &buffer.text);
            checked.findings = None;
        }
        self.due_with(&unit);
    }

    /// A file was closed, and is on disk what it was before.
    pub fn closed(&mut self, path: &Path) {
        self.reread(path);
        self.belongings.remove(path);
        self.due.remove(path);
        if is_settings(path) {
            self.settings_changed();
        } else if lint::is_skill_file(path) {
            self.belongings.clear();
        }
        let belongings = &self.belongings;
        self.units
            .retain(|unit, _| belongings.values().any(|other| other.unit.as_ref() == Some(unit)));
    }

    /// A file was written, made or removed.
    pub fn written(&mut self, path: &Path) {
        if is_settings(path) {
            self.settings_changed();
        }
        if lint::is_skill_file(path) {
            self.belongings.clear();
        }
        for repository in self.repositories.values_mut() {
            if path.starts_with(&repository.root) {
                repository.forget_pack();
            }
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

    fn settings_changed(&mut self) {
        self.repositories.clear();
        self.units.clear();
        self.belongings.clear();
        self.all_due();
    }

    fn all_due(&mut self) {
        self.due
            .extend(self.buffers.files().map(|(path, _)| path.to_path_buf()));
    }

    /// The open files whose findings the client does not know yet.
    pub fn take_due(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.due).into_iter().collect()
    }

    fn belonging(&mut self, path: &Path) -> Belonging {
        if let Some(known) = self.belongings.get(path) {
            return known.clone();
        }
        let repository = Repository::around(path, self.given.as_deref(), &self.buffers);
        let belonging = Belonging {
            root: repository.root.clone(),
            unit: Unit::of(path, |path| {
                files::exists(path) || self.buffers.at(path).is_some()
            }),
        };
        self.repositories
            .entry(repository.root.clone())
            .or_insert(repository);
        self.belongings.insert(path.to_path_buf(), belonging.clone());
        belonging
    }

    /// The repository around an open file.
    pub fn repository(&mut self, path: &Path) -> &Repository {
        let root = self.belonging(path).root;
        let (given, buffers) = (self.given.as_deref(), &self.buffers);
        self.repositories
            .entry(root)
            .or_insert_with(|| Repository::around(path, given, buffers))
    }

    /// The skills and agents around an open file.
    pub fn pack(&mut self, path: &Path) -> &Pack {
        self.repository(path);
        let root = self.belonging(path).root;
        match self.repositories.get(&root) {
            Some(repository) => repository.pack(&self.buffers),
            None => &NO_PACK,
        }
    }

    /// What an open file is linted with.
    pub fn unit(&mut self, path: &Path) -> Option<Unit> {
        self.belonging(path).unit
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
            let file = repository.settings_file.as_deref()?;
            let source = repository.settings_text.as_ref()?;
            let is_told = repository.faults.is_empty() || self.buffers.at(file).is_some();
            (!is_told).then_some((file, source, repository.faults.as_slice()))
        })
    }

    /// The findings in an open file.
    pub fn findings(&mut self, path: &Path) -> Vec<Diagnostic> {
        if is_settings(path) {
            let repository = self.repository(path);
            let is_own = repository.settings_file.as_deref() == Some(path);
            return if is_own {
                repository.faults.clone()
            } else {
                Vec::new()
            };
        }
        let Belonging { root, unit } = self.belonging(path);
        let Some(unit) = unit else {
            return Vec::new();
        };
        self.check(&unit, &root, path);
        let shown = lint::shown(path, &root);
        let findings = self
            .units
            .get(&unit)
            .and_then(|checked| checked.findings.as_ref());
        let own = findings
            .into_iter()
            .flatten()
            .filter(|finding| *finding.place.path == *shown);
        own.cloned().collect()
    }

    /// The files beside an open file's `SKILL.md`, as paths from their folder, and that folder.
    pub fn skill_files(&mut self, path: &Path) -> Option<(PathBuf, Vec<String>)> {
        let Belonging { root, unit } = self.belonging(path);
        let unit = unit?;
        self.check(&unit, &root, path);
        self.units.get(&unit)?.subject.files()
    }

    /// The text of an open file after its safe fixes.
    pub fn fixed(&mut self, path: &Path) -> Option<String> {
        let Belonging { root, unit } = self.belonging(path);
        let unit = unit?;
        self.check(&unit, &root, path);
        let levels = &self.repositories.get(&root)?.levels;
        self.units
            .get(&unit)?
            .subject
            .fixed(&lint::shown(path, &root), levels)
    }

    /// Makes sure that the findings of a unit are there.
    fn check(&mut self, unit: &Unit, root: &Path, path: &Path) {
        self.repository(path);
        if !self.units.contains_key(unit) {
            let mut subject = Subject::read(unit, root);
            let open: Vec<PathBuf> = (self.buffers.files())
                .map(|(path, _)| path.to_path_buf())
                .filter(|path| unit.holds(path))
                .collect();
            for path in open {
                // A file of a skill inside the skill is not its own.
                if self.belonging(&path).unit.as_ref() == Some(unit)
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
        if let Some(checked) = self.units.get_mut(unit)
            && checked.findings.is_none()
            && let Some(repository) = self.repositories.get(&checked.root)
        {
            let is_left_out = repository.leaves_out(&unit.file());
            checked.findings = Some(if is_left_out {
                Vec::new()
            } else {
                checked.subject.check(&repository.levels)
            });
        }
    }
}

/// Whether a path names a settings file.
pub fn is_settings(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == config::FILE_NAME)
}
