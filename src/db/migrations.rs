//! A folder of migration files: which there are, and what is wrong with their names.
//!
//! Two layouts are read as they are. That of sqlx: `<version>_<description>.sql`, or the pair `….up.sql` and `….down.sql`. That of
//! Supabase: `supabase/migrations/<version>_<name>.sql`, without a way back. A name that is nearly one of these is a finding: it
//! would otherwise be passed over in silence.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::text::{Source, Span};

use super::foreign;
use super::names::{self, Direction, Layout, Misnamed, Name};

/// What a file must begin with, to the byte, to be run outside a transaction (as in sqlx).
pub const NO_TRANSACTION: &str = "-- no-transaction";

/// One version: what it does, and how it is undone where that is written.
#[derive(Debug, Clone)]
pub struct Migration {
    pub version: i64,
    /// The version as the file name writes it, with leading zeros.
    pub version_text: String,
    /// From the file name, with spaces for underscores.
    pub description: String,
    pub up: Source,
    pub down: Option<Source>,
    /// Whether the file name says that there should be a way back.
    pub reversible: bool,
}

/// Whether a file asks to be run outside a transaction.
pub fn is_without_transaction(source: &Source) -> bool {
    source
        .text()
        .trim_start_matches('\u{feff}')
        .starts_with(NO_TRANSACTION)
}

/// The migrations of one folder.
#[derive(Debug, Clone)]
pub struct Migrations {
    pub layout: Layout,
    /// Ordered by version.
    pub list: Vec<Migration>,
    /// What is wrong with the files. With an error among them nothing should be run.
    pub findings: Vec<Diagnostic>,
}

/// An entry of the folder.
#[derive(Debug, Clone)]
pub enum Entry {
    File { name: String, bytes: Vec<u8> },
    Folder { name: String },
}

#[derive(Debug)]
struct File {
    name: Name,
    source: Source,
}

/// The files of one version.
#[derive(Debug, Default)]
struct Pair {
    up: Option<File>,
    down: Option<File>,
}

impl Migrations {
    /// Reads the entries of `folder`, a path for messages.
    pub fn read(folder: &str, layout: Layout, mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| a.name().cmp(b.name()));
        let mut pairs: BTreeMap<i64, Pair> = BTreeMap::new();
        let mut findings = Vec::new();
        for entry in entries {
            let path = format!("{folder}/{}", entry.name());
            let (name, bytes) = match entry {
                Entry::File { name, bytes } => (name, bytes),
                Entry::Folder { name } => {
                    findings.extend(check_folder(&path, &name));
                    continue;
                }
            };
            let name = match names::parse(&name, layout) {
                Ok(Some(name)) => name,
                Ok(None) => continue,
                Err(Misnamed { message, help }) => {
                    findings.push(fault(&path, "migration-name", message, help));
                    continue;
                }
            };
            let version = name.version;
            let file = File {
                source: Source::from_bytes(path.as_str(), bytes),
                name,
            };
            findings.extend(check_text(&file.source));
            let pair = pairs.entry(version).or_default();
            let place = match file.name.direction {
                Direction::Down => &mut pair.down,
                Direction::Simple | Direction::Up => &mut pair.up,
            };
            match place {
                Some(first) => findings.push(fault(
                    &path,
                    "duplicate-version",
                    format!("version {version} is also that of `{}`", first.source.path()),
                    "give one of the two a version of its own: the one that was not applied anywhere yet"
                        .to_owned(),
                )),
                None => *place = Some(file),
            }
        }
        let list = pairs
            .into_iter()
            .filter_map(|(version, pair)| migration(version, pair, &mut findings))
            .collect();
        findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        Self {
            layout,
            list,
            findings,
        }
    }

    /// The findings that forbid a run.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
    }

    pub fn get(&self, version: i64) -> Option<&Migration> {
        let at = self
            .list
            .binary_search_by_key(&version, |migration| migration.version);
        at.ok().map(|at| &self.list[at])
    }

    pub fn newest(&self) -> Option<i64> {
        self.list.last().map(|migration| migration.version)
    }
}

impl Entry {
    fn name(&self) -> &str {
        match self {
            Self::File { name, .. } | Self::Folder { name } => name,
        }
    }
}

/// Joins the files of one version.
fn migration(version: i64, pair: Pair, findings: &mut Vec<Diagnostic>) -> Option<Migration> {
    let Some(up) = pair.up else {
        if let Some(down) = pair.down {
            findings.push(fault(
                down.source.path(),
                "missing-up",
                format!("version {version} can be undone but not done"),
                format!("add the `.up.sql` of version {version}, or remove this file"),
            ));
        }
        return None;
    };
    let reversible = up.name.direction == Direction::Up || pair.down.is_some();
    match &pair.down {
        Some(down) if down.name.description != up.name.description => findings.push(warning(
            &down.source,
            "pair-names",
            format!(
                "its other half is `{}`: the two have different names",
                up.source.path()
            ),
            "give both the same name, so that people see that they belong together",
        )),
        Some(_) if up.name.direction == Direction::Simple => findings.push(warning(
            &up.source,
            "pair-names",
            "there is a `.down.sql` for it, but it does not end in `.up.sql`".to_owned(),
            "rename it to end in `.up.sql`; sqlx-cli would not find the way back otherwise",
        )),
        None if reversible => findings.push(warning(
            &up.source,
            "missing-down",
            format!("version {version} has no `.down.sql`: it cannot be undone"),
            "write it, or drop the `.up` of its name to say that there is no way back",
        )),
        _ => {}
    }
    Some(Migration {
        version,
        version_text: up.name.version_text,
        description: up.name.description,
        up: up.source,
        down: pair.down.map(|down| down.source),
        reversible,
    })
}

fn check_text(source: &Source) -> Option<Diagnostic> {
    if let Some(at) = source.invalid_at() {
        let mut finding = fault(
            source.path(),
            "not-utf8",
            "the file is not UTF-8 text".to_owned(),
            "save it as UTF-8".to_owned(),
        );
        finding.place = Place::in_source(source, Span::at(at));
        return Some(finding);
    }
    if let Some((tool, line)) = foreign::both_ways(source.text()) {
        let mut finding = fault(
            source.path(),
            "both-ways",
            format!(
                "it is a file of {}: both its ways would be run, one after the other",
                tool.name()
            ),
            "convert it with `packwright db migrate import`, which makes two files of it".to_owned(),
        );
        finding.place = Place::in_source(source, source.line_span(line));
        return Some(finding);
    }
    let (at, line) = source
        .text()
        .lines()
        .enumerate()
        .find(|(_, line)| says_no_transaction(line))?;
    if at == 0 && is_without_transaction(source) {
        return None;
    }
    let mut finding = warning(
        source,
        "no-transaction-spelling",
        format!("`{}` has no effect here", line.trim()),
        "write `-- no-transaction` exactly so, as the first characters of the file",
    );
    finding.place = Place::in_source(source, source.line_span(at + 1));
    Some(finding)
}

/// Whether a comment line means [`NO_TRANSACTION`], however it is spelt.
fn says_no_transaction(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}').trim();
    let letters: String = line
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    line.starts_with("--") && matches!(letters.as_str(), "notransaction" | "notx" | "notransactions")
}

/// A folder named like a migration, as other tools keep them.
fn check_folder(path: &str, name: &str) -> Option<Diagnostic> {
    name.starts_with(|first: char| first.is_ascii_digit()).then(|| {
        fault(
            path,
            "migration-name",
            format!("`{name}` is a folder; migrations are files"),
            format!("move its files here as `{name}.up.sql` and `{name}.down.sql`"),
        )
    })
}

fn fault(path: &str, rule: &'static str, message: String, help: String) -> Diagnostic {
    Diagnostic {
        rule,
        severity: Severity::Error,
        message,
        place: Place::of_file(path),
        labels: Vec::new(),
        help: Some(help),
        fix: None,
        sensitive: false,
    }
}

fn warning(source: &Source, rule: &'static str, message: String, help: &str) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        ..fault(source.path(), rule, message, help.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(layout: Layout, names: &[&str]) -> Migrations {
        let entries = names.iter().map(|name| match name.strip_suffix('/') {
            Some(name) => Entry::Folder {
                name: name.to_owned(),
            },
            None => Entry::File {
                name: (*name).to_owned(),
                bytes: b"SELECT 1;\n".to_vec(),
            },
        });
        Migrations::read("m", layout, entries.collect())
    }

    fn rules(migrations: &Migrations) -> Vec<(&str, &str)> {
        let findings = migrations.findings.iter();
        findings
            .map(|finding| (&*finding.place.path, finding.rule))
            .collect()
    }

    #[test]
    fn pairs_and_simple_files_are_ordered_by_number_not_by_name() {
        let migrations = read(
            Layout::Sqlx,
            &[
                "10_c.sql",
                "9_b.up.sql",
                "9_b.down.sql",
                "0001_first_thing.sql",
                "README.md",
                ".hidden.sql",
            ],
        );
        assert_eq!(rules(&migrations), []);
        let shown: Vec<_> = migrations
            .list
            .iter()
            .map(|one| {
                (
                    one.version,
                    one.version_text.as_str(),
                    one.description.as_str(),
                    one.down.is_some(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (1, "0001", "first thing", false),
                (9, "9", "b", true),
                (10, "10", "c", false)
            ]
        );
    }

    #[test]
    fn two_files_of_one_version_are_an_error_that_names_both() {
        let migrations = read(
            Layout::Sqlx,
            &["1_a.sql", "01_b.sql", "2_a.up.sql", "2_a.sql", "2_a.down.sql"],
        );
        let errors: Vec<_> = migrations.errors().collect();
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(
            errors[0]
                .message
                .contains("version 1 is also that of `m/01_b.sql`"),
            "{errors:?}"
        );
        assert!(errors[1].message.contains("version 2"), "{errors:?}");
    }

    #[test]
    fn a_folder_named_like_a_migration_is_pointed_at() {
        let migrations = read(Layout::Sqlx, &["20240101_init/", "archive/"]);
        assert_eq!(rules(&migrations), [("m/20240101_init", "migration-name")]);
    }

    #[test]
    fn half_pairs_are_found() {
        let migrations = read(
            Layout::Sqlx,
            &["1_a.down.sql", "2_b.up.sql", "3_c.up.sql", "3_d.down.sql"],
        );
        assert_eq!(
            rules(&migrations),
            [
                ("m/1_a.down.sql", "missing-up"),
                ("m/2_b.up.sql", "missing-down"),
                ("m/3_d.down.sql", "pair-names")
            ]
        );
        assert_eq!(migrations.errors().count(), 1);
    }

    #[test]
    fn a_folder_of_supabase_has_no_pairs_and_keeps_leading_zeros() {
        assert_eq!(Layout::of_folder("x/supabase/migrations/"), Layout::Supabase);
        assert_eq!(Layout::of_folder("my-supabase/migrations"), Layout::Sqlx);
        let migrations = read(
            Layout::Supabase,
            &["20240101000000_a_b.sql", "0002_c.sql", "3_d.down.sql"],
        );
        assert_eq!(rules(&migrations), [("m/3_d.down.sql", "migration-name")]);
        assert_eq!(migrations.list[0].version_text, "0002");
        assert_eq!(migrations.newest(), Some(20_240_101_000_000));
    }

    #[test]
    fn a_directive_that_has_no_effect_is_pointed_at() {
        for (text, line) in [
            ("--no-transaction\nVACUUM;", Some(1)),
            ("-- a comment\n-- no transaction\nVACUUM;", Some(2)),
            ("-- no-transaction\nVACUUM;", None),
            ("\u{feff}-- no-transaction\nVACUUM;", None),
            ("-- there is no transaction in this\nVACUUM;", None),
        ] {
            let entry = Entry::File {
                name: "1_a.sql".to_owned(),
                bytes: text.as_bytes().to_vec(),
            };
            let migrations = Migrations::read("m", Layout::Sqlx, vec![entry]);
            let found = migrations
                .findings
                .first()
                .map(|finding| finding.place.start.line);
            assert_eq!(found, line, "{text:?}");
        }
    }

    #[test]
    fn bytes_that_are_not_text_are_an_error() {
        let entry = Entry::File {
            name: "1_a.sql".to_owned(),
            bytes: b"SELECT 1;\nSELECT '\xff';".to_vec(),
        };
        let migrations = Migrations::read("m", Layout::Sqlx, vec![entry]);
        assert_eq!(
            migrations.errors().next().map(|error| error.place.start.line),
            Some(2)
        );
    }
}
