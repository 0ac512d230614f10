//! The repository around an open file: its settings, and the skills and agents in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::GlobSet;

use crate::config;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::failure::Failure;
use crate::io::files;
use crate::lint::{Home, Levels};
use crate::marketplace;
use crate::project::Project;
use crate::skill::{self, clients::CLIENTS};
use crate::text::{Source, Span, slashed};
use crate::workspace::{Card, Kind};

use super::buffers::Buffers;
use super::lint::{self, Listing, Unit};
use super::uri;

/// Skills and agents that are looked at between two questions of the client: a look takes about a millisecond.
const STEP: usize = 8;

/// Where a repository is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The folder of the nearest settings file upwards; else the git repository; else the folder around `skills` or `agents`, or
    /// the one that a manifest stands for.
    pub root: PathBuf,
    /// `packwright.toml`, if there is one.
    settings_file: Option<PathBuf>,
}

impl Site {
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
        let around = || {
            let is_home = |folder: &&Path| folder.ends_with("skills") || folder.ends_with("agents");
            folders().find(is_home).and_then(Path::parent)
        };
        let root = home
            .filter(|home| path.starts_with(home))
            .or_else(|| folders().find(|folder| files::exists(&folder.join(".git"))))
            .or_else(around)
            .map(Path::to_path_buf)
            .or_else(|| marketplace::folder_of(path))
            .or_else(|| path.parent().map(Path::to_path_buf));
        Self {
            root: root.unwrap_or_else(|| path.to_path_buf()),
            settings_file,
        }
    }
}

/// A repository.
#[derive(Debug)]
pub struct Repository {
    pub site: Site,
    /// The text of its settings as it was read.
    pub settings_text: Option<Source>,
    /// What is wrong with them. The defaults hold as long as there is anything.
    pub faults: Vec<Diagnostic>,
    pub levels: Levels,
    /// The folders of the packs it ships.
    pub pack_folders: Vec<PathBuf>,
    excluded: GlobSet,
    /// Made when it is first asked for: it takes a walk through all folders.
    listing: Option<Listing>,
    /// What is known of each unit; those that are missing have not been looked at.
    cards: BTreeMap<Unit, Option<Card>>,
    /// Whether there is a card of every unit.
    is_known: bool,
    /// The findings about all of them together, as they were when all were last known.
    findings: Vec<Diagnostic>,
    /// Whether a card has changed since.
    is_stale: bool,
    /// Whether they are others than they were when this was last asked.
    has_news: bool,
}

impl Repository {
    pub fn read(site: Site, buffers: &Buffers) -> Self {
        let mut repository = Self {
            site,
            settings_text: None,
            faults: Vec::new(),
            levels: Levels::default(),
            pack_folders: Vec::new(),
            excluded: GlobSet::empty(),
            listing: None,
            cards: BTreeMap::new(),
            is_known: false,
            findings: Vec::new(),
            is_stale: true,
            has_news: false,
        };
        repository.read_settings(buffers);
        repository
    }

    fn read_settings(&mut self, buffers: &Buffers) {
        let Some(file) = &self.site.settings_file else {
            return;
        };
        let bytes = match buffers.at(file) {
            Some(buffer) => buffer.text.clone().into_bytes(),
            None => files::read(file).unwrap_or_default(),
        };
        let source = Source::from_bytes(lint::shown(file, &self.site.root), bytes.clone());
        match Project::read(file, bytes) {
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
                self.levels.options.home = Home {
                    folder: slashed(&self.site.root),
                    root: slashed(&project.root),
                };
                let packs = project.settings.pack.iter();
                let packs = packs.map(|pack| uri::without_dots(&project.path(&pack.path)));
                self.pack_folders = packs.collect();
                match project.settings.excluded() {
                    Ok(excluded) => self.excluded = excluded,
                    Err(failure) => self.faults.push(fault_of(&source, failure)),
                }
            }
            Err(unusable) => self.faults = unusable.faults,
        }
        self.settings_text = Some(source);
    }

    /// The settings file, if there is one.
    pub fn settings_file(&self) -> Option<&Path> {
        self.site.settings_file.as_deref()
    }

    /// What there is to lint in it.
    pub fn listing(&mut self) -> &Listing {
        let (root, excluded) = (&self.site.root, &self.excluded);
        self.listing.get_or_insert_with(|| Listing::of(root, excluded))
    }

    /// A file was written, made or removed: what was known because of it is known no more. Gives whether there may be other
    /// files and units now. `is_watched`: the client would have told of others.
    pub fn written(&mut self, path: &Path, is_watched: bool) -> bool {
        if !path.starts_with(&self.site.root) {
            return false;
        }
        let is_listed = |listing: &Listing| listing.knows(path) && files::exists(path);
        let has_changed = self.listing.as_ref().is_some_and(|listing| !is_listed(listing));
        let matters = !is_watched || (has_changed && may_matter(path, &self.cards));
        if matters {
            self.listing = None;
        }
        self.cards.retain(|unit, _| !unit.holds(path));
        self.is_known = false;
        self.is_stale = true;
        matters
    }

    /// Takes in what a text in the editor says of its unit.
    pub fn learn(&mut self, unit: &Unit, card: Option<Card>) {
        if self.cards.get(unit) != Some(&card) {
            self.cards.insert(unit.clone(), card);
            self.is_stale = true;
        }
    }

    /// Makes sure that all its skills and agents are known.
    pub fn look_around(&mut self) {
        while !self.look_further() {}
    }

    /// Looks at a few of its skills and agents that are not known yet. Gives whether all are known then.
    pub fn look_further(&mut self) -> bool {
        if self.is_known {
            return true;
        }
        self.listing();
        if let Some(listing) = &self.listing {
            let unknown = listing.units().filter(|unit| !self.cards.contains_key(unit));
            let unknown: Vec<Unit> = unknown.take(STEP).collect();
            // The turn that finds nothing new is left to what follows from all together.
            self.is_known = unknown.is_empty();
            self.cards.extend(listing.cards(unknown));
            self.is_stale = true;
        }
        self.is_known
    }

    /// The findings about all skills and agents together. They are those of an earlier time until all are known.
    pub fn findings(&mut self) -> &[Diagnostic] {
        if self.is_known && self.is_stale {
            let findings = lint::check_all(self.cards.values().flatten(), &self.levels);
            self.has_news |= findings != self.findings;
            self.findings = findings;
            self.is_stale = false;
        }
        &self.findings
    }

    /// Whether the findings about all together have changed since this was last asked.
    pub fn take_news(&mut self) -> bool {
        self.look_around();
        self.findings();
        std::mem::take(&mut self.has_news)
    }

    /// The skills and agents.
    pub fn cards(&mut self) -> impl Iterator<Item = &Card> {
        self.look_around();
        self.cards.values().flatten()
    }

    /// The skills, by name.
    pub fn skills(&mut self) -> Vec<Known> {
        self.known(Kind::Skill)
    }

    /// The agents, by name.
    pub fn agents(&mut self) -> Vec<Known> {
        self.known(Kind::Agent)
    }

    pub fn skill(&mut self, name: &str) -> Option<Known> {
        self.skills().into_iter().find(|known| known.name == name)
    }

    fn known(&mut self, kind: Kind) -> Vec<Known> {
        let root = self.site.root.clone();
        let cards = self.cards().filter(|card| card.kind == kind);
        let known = cards.map(|card| Known {
            name: card.name.clone(),
            description: card.description.clone(),
            file: root.join(&card.path),
        });
        known.collect()
    }
}

/// A skill or an agent that others may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub name: String,
    pub description: String,
    pub file: PathBuf,
}

/// Whether a file that is new or gone may change which units there are or what is in them: it lies in one, begins like a
/// definition, is a manifest, or is a folder.
fn may_matter(path: &Path, cards: &BTreeMap<Unit, Option<Card>>) -> bool {
    if skill::is_named(path) || cards.keys().any(|unit| unit.holds(path)) {
        return true;
    }
    match path.extension() {
        Some(end) if end == "md" => files::head(path, 3).is_ok_and(|head| head == b"---"),
        Some(end) if end == "json" => path
            .parent()
            .is_some_and(|folder| folder.ends_with(".claude-plugin")),
        Some(_) => false,
        None => true,
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
        sensitive: false,
    }
}

/// The same of a failure, whose message names the word in backticks.
fn fault_of(source: &Source, failure: Failure) -> Diagnostic {
    let word = failure.message.split('`').nth(1).unwrap_or_default().to_owned();
    let help = failure.hints.first().cloned();
    fault(source, &word, failure.message, help)
}
