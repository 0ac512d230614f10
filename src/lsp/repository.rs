//! The repository around an open file: its settings, and the skills and agents in it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use globset::GlobSet;

use crate::agent;
use crate::config;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::document::front_matter;
use crate::failure::Failure;
use crate::io::files;
use crate::lint::Levels;
use crate::project::Project;
use crate::skill::{self, clients::CLIENTS};
use crate::text::{Source, Span};

use super::buffers::Buffers;
use super::{lint, uri};

/// A repository: the folder of the nearest settings file upwards; else the git repository; else the folder around `skills` or
/// `agents`.
#[derive(Debug)]
pub struct Repository {
    pub root: PathBuf,
    /// `packwright.toml`, if there is one.
    pub settings_file: Option<PathBuf>,
    /// Its text as it was read.
    pub settings_text: Option<Source>,
    /// What is wrong with it. The defaults hold as long as there is anything.
    pub faults: Vec<Diagnostic>,
    pub levels: Levels,
    /// The folders of the packs it ships.
    pub pack_folders: Vec<PathBuf>,
    excluded: GlobSet,
    /// Made when it is first asked for: it takes a walk through all folders.
    pack: OnceCell<Pack>,
}

/// The skills and agents of a repository.
#[derive(Debug, Default)]
pub struct Pack {
    pub skills: Vec<Known>,
    pub agents: Vec<Known>,
}

/// A skill or an agent that others may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub name: String,
    pub description: String,
    pub file: PathBuf,
}

impl Repository {
    /// The repository around a file. `given` is the settings file that was named when the server was started.
    pub fn around(path: &Path, given: Option<&Path>, buffers: &Buffers) -> Self {
        let folders = || path.ancestors().skip(1);
        let is_there = |path: &PathBuf| files::exists(path) || buffers.at(path).is_some();
        let nearest = || {
            folders()
                .map(|folder| folder.join(config::FILE_NAME))
                .find(is_there)
        };
        let settings_file = given.map(Path::to_path_buf).or_else(nearest);
        let home = settings_file.as_deref().and_then(Path::parent);
        let root = home.filter(|home| path.starts_with(home)).map_or_else(
            || {
                let git = folders().find(|folder| files::exists(&folder.join(".git")));
                let around = || {
                    let is_home = |folder: &&Path| folder.ends_with("skills") || folder.ends_with("agents");
                    folders().find(is_home).and_then(Path::parent)
                };
                git.or_else(around)
                    .or(path.parent())
                    .unwrap_or(path)
                    .to_path_buf()
            },
            Path::to_path_buf,
        );
        let mut repository = Self {
            root,
            settings_file: None,
            settings_text: None,
            faults: Vec::new(),
            levels: Levels::default(),
            pack_folders: Vec::new(),
            excluded: GlobSet::empty(),
            pack: OnceCell::new(),
        };
        if let Some(file) = settings_file {
            repository.read_settings(file, buffers);
        }
        repository
    }

    fn read_settings(&mut self, file: PathBuf, buffers: &Buffers) {
        let bytes = match buffers.at(&file) {
            Some(buffer) => buffer.text.clone().into_bytes(),
            None => files::read(&file).unwrap_or_default(),
        };
        let source = Source::from_bytes(lint::shown(&file, &self.root), bytes.clone());
        match Project::read(&file, bytes) {
            Ok(project) => {
                let clients = CLIENTS.iter().map(|client| client.name);
                match project.settings.levels(None, false, clients) {
                    Ok(levels) => {
                        for name in levels.unknown(&lint::rule_names()) {
                            let message = format!("there is no rule or group `{name}`");
                            self.faults.push(fault(&source, name, message, None));
                        }
                        self.levels = levels;
                    }
                    Err(failure) => self.faults.push(fault_of(&source, failure)),
                }
                let packs = project
                    .settings
                    .pack
                    .iter()
                    .map(|pack| uri::without_dots(&project.path(&pack.path)));
                self.pack_folders = packs.collect();
                match project.settings.excluded() {
                    Ok(excluded) => self.excluded = excluded,
                    Err(failure) => self.faults.push(fault_of(&source, failure)),
                }
            }
            Err(unusable) => self.faults = unusable.faults,
        }
        self.settings_file = Some(file);
        self.settings_text = Some(source);
    }

    /// Whether the settings leave a file out.
    pub fn leaves_out(&self, path: &Path) -> bool {
        self.excluded.is_match(lint::shown(path, &self.root))
    }

    /// Its skills and agents. Names are those of the texts in the editor where a file is open.
    pub fn pack(&self, buffers: &Buffers) -> &Pack {
        self.pack.get_or_init(|| Pack::read(&self.root, buffers))
    }

    /// Forgets its skills and agents: files have changed.
    pub fn forget_pack(&mut self) {
        self.pack = OnceCell::new();
    }
}

impl Pack {
    fn read(root: &Path, buffers: &Buffers) -> Self {
        let roots = [root.to_path_buf()];
        let skills = skill::find(&roots).unwrap_or_default().into_iter();
        let skills = skills.filter_map(|bundle| {
            let file = Path::new(&bundle.folder).join(&bundle.file_name);
            let text = match buffers.at(&file) {
                Some(buffer) => buffer.text.clone(),
                None => String::from_utf8_lossy(bundle.text.as_deref().ok()?).into_owned(),
            };
            Some(Known::read(&text, &bundle.folder_name, file))
        });
        let agents = agent::find(&roots).unwrap_or_default().into_iter();
        let agents = agents.map(|agent| {
            let file = PathBuf::from(&**agent.page.source.path());
            let text = buffers
                .at(&file)
                .map_or(agent.page.source.text(), |buffer| &buffer.text);
            Known::read(text, &agent.stem, file)
        });
        Self {
            skills: skills.collect(),
            agents: agents.collect(),
        }
    }

    pub fn skill(&self, name: &str) -> Option<&Known> {
        self.skills.iter().find(|known| known.name == name)
    }

    pub fn agent(&self, name: &str) -> Option<&Known> {
        self.agents.iter().find(|known| known.name == name)
    }
}

impl Known {
    fn read(text: &str, otherwise: &str, file: PathBuf) -> Self {
        let parts = front_matter::split(text);
        let field = |name| {
            parts
                .field(name)
                .and_then(|(_, value)| value.as_str())
                .map(str::trim)
        };
        Self {
            name: field("name")
                .filter(|name| !name.is_empty())
                .unwrap_or(otherwise)
                .to_owned(),
            description: field("description").unwrap_or_default().to_owned(),
            file,
        }
    }
}

/// The text of a file as it is in the editor, or else of its bytes; nothing when those are no text.
pub fn text_of(buffers: &Buffers, path: &Path, bytes: Vec<u8>) -> Option<String> {
    match buffers.at(path) {
        Some(buffer) => Some(buffer.text.clone()),
        None => String::from_utf8(bytes).ok(),
    }
}

/// A fault of the settings that names a word in them.
fn fault(source: &Source, word: &str, message: String, help: Option<String>) -> Diagnostic {
    let found = source.text().find(word).filter(|_| !word.is_empty());
    let span = found.map_or_else(Span::default, |at| Span::new(at, at + word.len()));
    Diagnostic {
        rule: "settings",
        severity: Severity::Error,
        message,
        place: Place::in_source(source, span),
        labels: Vec::new(),
        help,
        fix: None,
    }
}

/// The same of a failure, whose message names the word in backticks.
fn fault_of(source: &Source, failure: Failure) -> Diagnostic {
    let word = failure.message.split('`').nth(1).unwrap_or_default().to_owned();
    let help = failure.hints.first().cloned();
    fault(source, &word, failure.message, help)
}
