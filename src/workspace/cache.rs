//! What was found last time, kept under what it was found in: a unit whose files are the same has the same findings.
//!
//! A unit is known twice over. By the stamps of its files (size, mode, inode, times of change): as long as they are those of last
//! time nothing is read. And by a digest of its listing and its texts: files that were only touched are read and no more. Stamps
//! are trusted only where the newest is clearly older than the look that took them, since a file may change twice within one tick
//! of its file system's clock. The file of the cache is named after the program, the settings and the working folder, so that
//! nothing found under others is ever taken.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Fix, Label, Place, Safety, Severity};
use crate::io::clock;
use crate::io::files::{self, EntryKind, Stamp};
use crate::skill::Bundle;
use crate::text::{Edit, Location, Span, slashed};

use super::card::Card;
use super::lint::Looked;
use super::survey::Unit;

/// How much older than the look at it a stamp must be to be trusted, in nanoseconds: the coarsest clocks of file systems tick
/// every two seconds.
const SLACK: i128 = 2_000_000_000;

/// Caches of other settings and folders that are kept.
const MOST_FILES: usize = 32;

/// Units kept that a run did not look at.
const MOST_OTHERS: usize = 20_000;

/// Findings of a unit that is kept. One broken file may have hundreds of thousands, and every later run would read them.
const MOST_FINDINGS: usize = 1_000;

/// The largest file of a cache that is read or written; a thousand skills have some five megabytes.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The findings of earlier runs.
#[derive(Debug)]
pub struct Cache {
    file: PathBuf,
    entries: BTreeMap<String, Entry>,
    /// When this run began, in nanoseconds since the Unix epoch.
    now: i128,
    slack: i128,
    is_changed: bool,
}

/// What is known of one unit.
#[derive(Debug, Clone)]
pub struct Entry {
    pub key: Key,
    pub looked: Looked,
}

/// What a unit is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Of the names and stamps of its files.
    stamps: String,
    /// The newest stamp, in nanoseconds since the Unix epoch.
    newest: i128,
    /// When the stamps were taken.
    seen: i128,
    /// Of the names and the texts of its files.
    contents: String,
}

impl Key {
    /// The stamps of the files of a unit, taken since `seen` (nanoseconds since the Unix epoch). Contents are not known yet.
    pub fn stamp(unit: &Unit, seen: i128) -> Self {
        let mut digest = Sha256::new();
        let mut newest = 0;
        let mut add = |name: &str, stamp: Option<Stamp>| {
            let stamp = stamp.unwrap_or_default();
            newest = newest.max(stamp.modified).max(stamp.changed);
            part(&mut digest, name.as_bytes());
            for number in [stamp.bytes, stamp.inode, u64::from(stamp.mode)] {
                digest.update(number.to_le_bytes());
            }
            digest.update(stamp.modified.to_le_bytes());
            digest.update(stamp.changed.to_le_bytes());
        };
        match unit {
            Unit::Skill(found) => {
                add(
                    "",
                    found.page_stamp.or_else(|| files::stamp_through(&found.page())),
                );
                for entry in &found.files {
                    add(&entry.path, entry.stamp);
                }
            }
            Unit::Agent(found) => add(
                if found.in_plugin { "plugin" } else { "" },
                found.stamp.or_else(|| files::stamp_through(&found.path)),
            ),
            Unit::Manifest(_) => add("", files::stamp(&unit.path())),
        }
        let mut listing = digest.clone();
        if let Unit::Skill(found) = unit {
            part(&mut listing, found.around.fingerprint().as_bytes());
            for entry in &found.files {
                if let EntryKind::Link { target } = &entry.kind {
                    part(&mut listing, slashed(target).as_bytes());
                }
            }
        }
        Self {
            stamps: hex(listing),
            newest,
            seen,
            contents: names_of(unit),
        }
    }

    /// The same with what was read of an agent: the bytes of its file, or why they cannot be read.
    #[must_use]
    pub fn with_file(self, bytes: &Result<Vec<u8>, String>) -> Self {
        self.with_contents(bytes, &[])
    }

    /// The same with what was read of a skill.
    #[must_use]
    pub fn with_bundle(self, bundle: &Bundle) -> Self {
        self.with_contents(&bundle.text, &[&bundle.texts, &bundle.heads])
    }

    fn with_contents(mut self, own: &Result<Vec<u8>, String>, others: &[&BTreeMap<String, Vec<u8>>]) -> Self {
        let mut digest = Sha256::new();
        part(&mut digest, self.contents.as_bytes());
        match own {
            Ok(bytes) => part(&mut digest, bytes),
            Err(reason) => {
                digest.update([0]);
                part(&mut digest, reason.as_bytes());
            }
        }
        for texts in others {
            digest.update((texts.len() as u64).to_le_bytes());
            for (path, bytes) in *texts {
                part(&mut digest, path.as_bytes());
                part(&mut digest, bytes);
            }
        }
        self.contents = hex(digest);
        self
    }

    /// Whether both stand for the same names and texts.
    pub fn has_contents_of(&self, other: &Self) -> bool {
        self.contents == other.contents
    }
}

/// The names, kinds and sizes of a unit's files: what rules see of files that are not read.
fn names_of(unit: &Unit) -> String {
    let mut digest = Sha256::new();
    if let Unit::Skill(found) = unit {
        part(&mut digest, found.around.fingerprint().as_bytes());
        for (path, reason) in &found.unreadable {
            part(&mut digest, path.as_bytes());
            part(&mut digest, reason.as_bytes());
        }
        part(
            &mut digest,
            found.file_name.as_deref().unwrap_or_default().as_bytes(),
        );
        for entry in &found.files {
            part(&mut digest, entry.path.as_bytes());
            match &entry.kind {
                EntryKind::File { bytes, executable } => {
                    digest.update([1, u8::from(*executable)]);
                    digest.update(bytes.to_le_bytes());
                }
                EntryKind::Folder => digest.update([2]),
                EntryKind::Link { target } => {
                    digest.update([3]);
                    part(&mut digest, slashed(target).as_bytes());
                }
                EntryKind::Other => digest.update([4]),
            }
        }
    }
    hex(digest)
}

/// Takes bytes in with their length, so that no two lists of parts are alike.
fn part(digest: &mut Sha256, bytes: &[u8]) {
    digest.update((bytes.len() as u64).to_le_bytes());
    digest.update(bytes);
}

fn hex(digest: Sha256) -> String {
    use std::fmt::Write as _;
    digest
        .finalize()
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

impl Cache {
    /// The cache in `folder` for what the parts stand for: program, settings, working folder. One that cannot be read is empty.
    pub fn open(folder: &Path, parts: &[&str]) -> Self {
        let mut digest = Sha256::new();
        for text in parts {
            part(&mut digest, text.as_bytes());
        }
        let file = folder.join(format!("{}.json", &hex(digest)[..32]));
        let is_fit = files::size(&file).is_ok_and(|bytes| bytes <= MOST_BYTES);
        let stored = is_fit.then(|| files::read(&file).ok()).flatten();
        let stored = stored.and_then(|bytes| serde_json::from_slice::<BTreeMap<String, Stored>>(&bytes).ok());
        let entries = stored.unwrap_or_default().into_iter();
        Self {
            entries: entries
                .filter_map(|(path, stored)| Some((path, stored.entry()?)))
                .collect(),
            file,
            now: clock::unix_nanoseconds(),
            slack: SLACK,
            is_changed: false,
        }
    }

    /// The same for a file system whose clock is known to tick faster.
    #[must_use]
    pub fn with_slack(mut self, slack: std::time::Duration) -> Self {
        self.slack = i128::try_from(slack.as_nanos()).unwrap_or(SLACK);
        self
    }

    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// Whether the unit's files are those of last time, by their stamps alone.
    pub fn is_fresh(&self, entry: &Entry, stamp: &Key) -> bool {
        entry.key.stamps == stamp.stamps && entry.key.newest.saturating_add(self.slack) < entry.key.seen
    }

    /// Takes in what a run found. Units it did not look at stay.
    pub fn put(&mut self, entries: BTreeMap<String, Entry>) {
        let others = self.entries.len().saturating_sub(entries.len());
        if others > MOST_OTHERS {
            self.entries.clear();
            self.is_changed = true;
        }
        for (path, entry) in entries {
            if entry.looked.findings.len() > MOST_FINDINGS {
                self.is_changed |= self.entries.remove(&path).is_some();
                continue;
            }
            let is_known = (self.entries.get(&path)).is_some_and(|known| {
                known.key.stamps == entry.key.stamps
                    && known.key.contents == entry.key.contents
                    && self.is_fresh(known, &entry.key)
            });
            if !is_known {
                self.entries.insert(path, entry);
                self.is_changed = true;
            }
        }
    }

    /// Writes the cache when something in it is new. One that cannot be written costs the time of the next run, no more.
    pub fn save(&self) {
        if !self.is_changed {
            return;
        }
        let stored: BTreeMap<&str, Stored> = (self.entries.iter())
            .map(|(path, entry)| (path.as_str(), Stored::of(entry)))
            .collect();
        if let Ok(bytes) = serde_json::to_vec(&stored)
            && bytes.len() as u64 <= MOST_BYTES
            && files::write_atomically(&self.file, &bytes).is_ok()
        {
            self.forget_old();
        }
    }

    /// Removes the oldest caches beside this one.
    fn forget_old(&self) {
        let Some(tree) = self.file.parent().and_then(|folder| files::walk(folder).ok()) else {
            return;
        };
        let mut others: Vec<(i128, PathBuf)> = (tree.entries.iter())
            .map(|entry| tree.root.join(&entry.path))
            .filter(|path| path.extension() == self.file.extension())
            .filter_map(|path| Some((files::stamp(&path)?.modified, path)))
            .collect();
        others.sort();
        let surplus = others.len().saturating_sub(MOST_FILES);
        for (modified, path) in &others[..surplus] {
            if *modified < self.now {
                // Another process may have been quicker.
                let _ = files::remove(path);
            }
        }
    }
}

/// The names that findings carry, from the program's own text.
static RULE_NAMES: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| super::lint::all_abouts().iter().map(|rule| rule.name).collect());

/// An entry as it is written.
#[derive(Serialize, Deserialize)]
struct Stored {
    key: Key,
    findings: Vec<StoredFinding>,
    card: Option<Card>,
}

#[derive(Serialize, Deserialize)]
struct StoredFinding {
    rule: String,
    is_error: bool,
    message: String,
    path: String,
    span: [usize; 2],
    lines: [usize; 4],
    labels: Vec<(usize, usize, String)>,
    help: Option<String>,
    fix: Option<StoredFix>,
    is_sensitive: bool,
}

#[derive(Serialize, Deserialize)]
struct StoredFix {
    title: String,
    is_safe: bool,
    edits: Vec<(usize, usize, String)>,
}

impl Stored {
    fn of(entry: &Entry) -> Self {
        Self {
            key: entry.key.clone(),
            findings: entry.looked.findings.iter().map(StoredFinding::of).collect(),
            card: entry.looked.card.clone(),
        }
    }

    /// Nothing when a rule in it is not known.
    fn entry(self) -> Option<Entry> {
        let findings: Option<Vec<Diagnostic>> =
            self.findings.into_iter().map(StoredFinding::finding).collect();
        Some(Entry {
            key: self.key,
            looked: Looked {
                findings: findings?,
                card: self.card,
            },
        })
    }
}

impl StoredFinding {
    fn of(finding: &Diagnostic) -> Self {
        let place = &finding.place;
        let label = |label: &Label| (label.span.start, label.span.end, label.message.clone());
        let edit = |edit: &Edit| (edit.span.start, edit.span.end, edit.replacement.clone());
        Self {
            rule: finding.rule.to_owned(),
            is_error: finding.severity == Severity::Error,
            message: finding.message.clone(),
            path: place.path.to_string(),
            span: [place.span.start, place.span.end],
            lines: [
                place.start.line,
                place.start.column,
                place.end.line,
                place.end.column,
            ],
            labels: finding.labels.iter().map(label).collect(),
            help: finding.help.clone(),
            fix: finding.fix.as_ref().map(|fix| StoredFix {
                title: fix.title.clone(),
                is_safe: fix.safety == Safety::Safe,
                edits: fix.edits.iter().map(edit).collect(),
            }),
            is_sensitive: finding.sensitive,
        }
    }

    fn finding(self) -> Option<Diagnostic> {
        let rule = RULE_NAMES.get(self.rule.as_str())?;
        let [line, column, end_line, end_column] = self.lines;
        let label = |(start, end, message)| Label {
            span: Span::new(start, end),
            message,
        };
        let edit = |(start, end, text): (usize, usize, String)| Edit::replace(Span::new(start, end), text);
        Some(Diagnostic {
            rule,
            severity: if self.is_error {
                Severity::Error
            } else {
                Severity::Warning
            },
            message: self.message,
            place: Place {
                path: self.path.into(),
                span: Span::new(self.span[0], self.span[1]),
                start: Location { line, column },
                end: Location {
                    line: end_line,
                    column: end_column,
                },
            },
            labels: self.labels.into_iter().map(label).collect(),
            help: self.help,
            fix: self.fix.map(|fix| Fix {
                title: fix.title,
                edits: fix.edits.into_iter().map(edit).collect(),
                safety: if fix.is_safe { Safety::Safe } else { Safety::Unsafe },
            }),
            sensitive: self.is_sensitive,
        })
    }
}
