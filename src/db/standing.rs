//! What stands where: the files of a folder against the history of a database.

use std::time::Duration;

use crate::document::sql::{Dialect, Script};

use super::checksum;
use super::migrations::{Migration, Migrations};

/// One row of the history.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    pub version: i64,
    pub description: String,
    /// In UTC, as `2026-11-21T08:30:00Z`; Supabase does not record it.
    pub installed_on: Option<String>,
    pub duration: Option<Duration>,
    /// Whether all of it was applied.
    pub success: bool,
    /// SHA-384 of the file's bytes; Supabase does not record it.
    pub checksum: Option<Vec<u8>>,
    /// The statements themselves, where the history keeps them (Supabase).
    pub statements: Option<Vec<String>>,
    pub note: Option<Note>,
    /// How far its undoing got, where that was begun and not ended.
    pub undo: Option<Note>,
}

/// What packwright itself notes about a version, beside the history that it shares with other tools.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// SHA-384 of the bytes of the file that was applied.
    pub checksum: Vec<u8>,
    /// Semantic checksum of the statements that are done.
    pub semantic_checksum: Vec<u8>,
    /// Number of statements in the file.
    pub statements: usize,
    pub statements_done: usize,
    /// Whether the statement after the last done one was begun outside a transaction, so that nobody knows whether it took effect.
    pub in_doubt: bool,
}

/// How a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Pending,
    Applied,
    /// Applied, and its file changed since in comments, white space or line ends only.
    Reformatted,
    /// Applied, and its file changed since.
    Edited,
    /// Applied, and its file is gone.
    Missing,
    /// A file without transaction of which only the first statements were applied.
    Partial,
    /// Its way back runs without transaction, and only the first statements of it were run.
    Undoing,
    /// Marked as failed by another tool.
    Failed,
}

impl State {
    /// One word for reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Applied => "applied",
            Self::Reformatted => "reformatted",
            Self::Edited => "edited",
            Self::Missing => "missing",
            Self::Partial => "partial",
            Self::Undoing => "undoing",
            Self::Failed => "failed",
        }
    }
}

/// A version in the files, in the history, or in both.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    pub version: i64,
    pub description: &'a str,
    pub migration: Option<&'a Migration>,
    pub applied: Option<&'a Applied>,
    pub state: State,
    /// Pending, though a later version is applied.
    pub is_late: bool,
}

/// Every version in order, with its state. `history` is ordered by version.
pub fn compare<'a>(
    migrations: &'a Migrations,
    history: &'a [Applied],
    dialect: Dialect,
) -> Vec<Standing<'a>> {
    let newest_applied = history
        .iter()
        .filter(|row| row.success)
        .map(|row| row.version)
        .max();
    let from_files = migrations.list.iter().map(|migration| {
        let applied = history
            .binary_search_by_key(&migration.version, |row| row.version)
            .ok()
            .map(|at| &history[at]);
        let state = applied.map_or(State::Pending, |row| judge(migration, row, dialect));
        Standing {
            version: migration.version,
            description: &migration.description,
            migration: Some(migration),
            applied,
            state,
            is_late: applied.is_none() && Some(migration.version) < newest_applied,
        }
    });
    let without_file = history
        .iter()
        .filter(|row| migrations.get(row.version).is_none())
        .map(|row| Standing {
            version: row.version,
            description: &row.description,
            migration: None,
            applied: Some(row),
            state: State::Missing,
            is_late: false,
        });
    let mut standings: Vec<_> = from_files.chain(without_file).collect();
    standings.sort_by_key(|standing| standing.version);
    standings
}

fn judge(migration: &Migration, row: &Applied, dialect: Dialect) -> State {
    let text = migration.up.text();
    if row.undo.is_some() {
        return State::Undoing;
    }
    if !row.success {
        return if row.note.is_some() {
            State::Partial
        } else {
            State::Failed
        };
    }
    if let Some(checksum) = &row.checksum {
        if *checksum == checksum::of_bytes(text.as_bytes()) {
            return State::Applied;
        }
        // The note speaks of what is applied only as long as no other tool has applied another text since.
        let note = row.note.as_ref().filter(|note| note.checksum == *checksum);
        let same = match note {
            Some(note) => note.semantic_checksum == checksum::of_scripts([&Script::read(text, dialect)]),
            None => checksum::is_of_other_checkout(text, checksum),
        };
        return if same { State::Reformatted } else { State::Edited };
    }
    let Some(statements) = &row.statements else {
        return State::Applied;
    };
    let theirs: Vec<_> = statements
        .iter()
        .map(|text| Script::read(text, dialect))
        .collect();
    if checksum::of_scripts(&theirs) == checksum::of_scripts([&Script::read(text, dialect)]) {
        State::Applied
    } else {
        State::Edited
    }
}

/// What is worth a look, though it stops nothing.
pub fn remarks(standings: &[Standing<'_>]) -> Vec<String> {
    let changed = |standing: &Standing<'_>| {
        let path = standing.migration?.up.path();
        match standing.state {
            State::Reformatted => Some(format!(
                "`{path}` was changed after it was applied, but only in comments, white space or line ends"
            )),
            _ => None,
        }
    };
    standings.iter().filter_map(changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::migrations::Entry;
    use crate::db::names::Layout;

    const DIALECT: Dialect = Dialect::Sqlite;

    fn folder(files: &[(&str, &str)]) -> Migrations {
        let entries = files.iter().map(|(name, text)| Entry::File {
            name: (*name).to_owned(),
            bytes: text.as_bytes().to_vec(),
        });
        Migrations::read("m", Layout::Sqlx, entries.collect())
    }

    fn applied(version: i64, text: &str) -> Applied {
        let script = Script::read(text, DIALECT);
        Applied {
            version,
            success: true,
            checksum: Some(checksum::of_bytes(text.as_bytes())),
            note: Some(Note {
                checksum: checksum::of_bytes(text.as_bytes()),
                semantic_checksum: checksum::of_scripts([&script]),
                ..Note::default()
            }),
            ..Applied::default()
        }
    }

    fn states(migrations: &Migrations, history: &[Applied]) -> Vec<(i64, &'static str)> {
        let standings = compare(migrations, history, DIALECT);
        standings
            .iter()
            .map(|one| (one.version, one.state.name()))
            .collect()
    }

    #[test]
    fn comments_are_told_from_statements() {
        let migrations = folder(&[
            ("1_a.sql", "-- new\nSELECT  1;"),
            ("2_b.sql", "SELECT 22;"),
            ("3_c.sql", "SELECT 3;"),
        ]);
        let history = [
            applied(1, "SELECT 1;"),
            applied(2, "SELECT 2;"),
            applied(3, "SELECT 3;"),
        ];
        assert_eq!(
            states(&migrations, &history),
            [(1, "reformatted"), (2, "edited"), (3, "applied")]
        );
        assert_eq!(remarks(&compare(&migrations, &history, DIALECT)).len(), 1);
    }

    #[test]
    fn a_note_about_another_text_is_not_believed() {
        let migrations = folder(&[("1_a.sql", "SELECT 1; -- mended")]);
        // sqlx-cli undid version 1 and applied another text: the note is about the text before.
        let mut row = applied(1, "SELECT 1;");
        row.checksum = Some(checksum::of_bytes(b"SELECT 100;"));
        assert_eq!(states(&migrations, &[row]), [(1, "edited")]);
    }

    #[test]
    fn without_a_note_a_checkout_with_other_line_ends_is_still_forgiven() {
        let migrations = folder(&[("1_a.sql", "SELECT 1;\r\n")]);
        let mut row = applied(1, "SELECT 1;\n");
        row.note = None;
        assert_eq!(states(&migrations, &[row]), [(1, "reformatted")]);
    }

    #[test]
    fn the_statements_that_supabase_keeps_are_compared_by_meaning() {
        let migrations = folder(&[("1_a.sql", "SELECT 1; -- x\nSELECT 2;"), ("2_b.sql", "SELECT 3;")]);
        let row = |version, statements: &[&str]| Applied {
            version,
            success: true,
            statements: Some(statements.iter().map(|&text| text.to_owned()).collect()),
            ..Applied::default()
        };
        let history = [row(1, &["SELECT 1", "-- x\nSELECT 2"]), row(2, &["SELECT 4"])];
        assert_eq!(states(&migrations, &history), [(1, "applied"), (2, "edited")]);
    }
}
