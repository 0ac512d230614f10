//! What a run would do about where things stand, or why it must not.

use crate::failure::{Failure, Result};
use crate::text::Source;

use super::migrations::Migration;
use super::standing::{Standing, State};

/// A migration to apply, and how many of its statements are done already.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    pub migration: &'a Migration,
    pub done: usize,
    pub in_doubt: bool,
}

/// A migration to undo, with its file.
#[derive(Debug, Clone, Copy)]
pub struct Undo<'a> {
    pub migration: &'a Migration,
    pub down: &'a Source,
    /// How many of its statements are done already.
    pub done: usize,
    pub in_doubt: bool,
}

/// How far up.
#[derive(Debug, Clone, Copy, Default)]
pub struct UpTo {
    /// The last version to apply; all without one.
    pub version: Option<i64>,
    /// Whether a pending version below an applied one is in order.
    pub allow_out_of_order: bool,
}

/// How far down.
#[derive(Debug, Clone, Copy)]
pub enum DownTo {
    /// This many versions.
    Steps(usize),
    /// Every version above this one.
    Version(i64),
}

/// What `up` would apply, in order, or why it must not.
pub fn up<'a>(standings: &[Standing<'a>], options: UpTo) -> Result<Vec<Step<'a>>> {
    refuse_missing(standings)?;
    refuse_edited(standings)?;
    refuse_failed(standings)?;
    refuse_undoing(standings)?;
    if let Some(version) = options.version {
        known(standings, version, |standing| standing.migration.is_some())?;
    }
    let open: Vec<_> = standings
        .iter()
        .filter(|standing| matches!(standing.state, State::Pending | State::Partial))
        .filter(|standing| options.version.is_none_or(|last| standing.version <= last))
        .collect();
    if !options.allow_out_of_order {
        refuse_late(standings, &open)?;
    }
    let steps = open.into_iter().filter_map(|standing| {
        let note = standing.applied.and_then(|row| row.note.as_ref());
        Some(Step {
            migration: standing.migration?,
            done: note.map_or(0, |note| note.statements_done),
            in_doubt: note.is_some_and(|note| note.in_doubt),
        })
    });
    Ok(steps.collect())
}

/// What `down` would undo, newest first, or why it cannot.
pub fn down<'a>(standings: &[Standing<'a>], target: DownTo) -> Result<Vec<Undo<'a>>> {
    let mut applied: Vec<_> = standings
        .iter()
        .filter(|standing| standing.applied.is_some())
        .collect();
    applied.reverse();
    match target {
        DownTo::Steps(steps) => applied.truncate(steps),
        DownTo::Version(version) => {
            if version != 0 {
                known(standings, version, |standing| standing.applied.is_some())?;
            }
            applied.retain(|standing| standing.version > version);
        }
    }
    let undo = |standing: &&Standing<'a>| {
        let Some(migration) = standing.migration else {
            return Err(Failure::user(format!(
                "version {} (`{}`) cannot be undone: its files are gone",
                standing.version, standing.description
            ))
            .hint("bring its files back, for example from version control"));
        };
        let Some(down) = &migration.down else {
            return Err(Failure::user(format!(
                "`{}` cannot be undone: there is no `.down.sql` for version {}",
                migration.up.path(),
                migration.version
            ))
            .hint(format!(
                "write `{}`, or go on with a new migration that takes the change back",
                migration
                    .up
                    .path()
                    .replace(".up.sql", ".sql")
                    .replace(".sql", ".down.sql")
            )));
        };
        let note = standing.applied.and_then(|row| row.undo.as_ref());
        Ok(Undo {
            migration,
            down,
            done: note.map_or(0, |note| note.statements_done),
            in_doubt: note.is_some_and(|note| note.in_doubt),
        })
    };
    applied.iter().map(undo).collect()
}

fn refuse_missing(standings: &[Standing<'_>]) -> Result<()> {
    let missing: Vec<_> = standings
        .iter()
        .filter(|one| one.state == State::Missing)
        .collect();
    let Some(first) = missing.first() else {
        return Ok(());
    };
    let mut failure = Failure::user(match missing.len() {
        1 => format!("version {} is applied, but its file is gone", first.version),
        count => format!("{count} applied versions have no file any more"),
    });
    for one in &missing {
        failure = failure.caused_by(format!(
            "no file for version {} (`{}`)",
            one.version, one.description
        ));
    }
    Err(failure
        .hint("bring the file back, for example with the branch that it came from")
        .hint("or check `--dir` and `--database-url`: this may be the database of another folder"))
}

fn refuse_edited(standings: &[Standing<'_>]) -> Result<()> {
    let paths: Vec<_> = standings
        .iter()
        .filter(|one| one.state == State::Edited)
        .filter_map(|one| Some(one.migration?.up.path()))
        .collect();
    let Some(first) = paths.first() else {
        return Ok(());
    };
    let mut failure = Failure::user(match paths.len() {
        1 => format!("`{first}` was changed after it was applied, and not only in its comments"),
        count => {
            format!("{count} files were changed after they were applied, and not only in their comments")
        }
    });
    if paths.len() > 1 {
        for path in &paths {
            failure = failure.caused_by(format!("`{path}`"));
        }
    }
    let failure = failure.hint("put the file back as it was, and write the change as a new migration: `packwright db migrate new NAME`")
        .hint("`db migrate repair` shows what was changed, and records the new text if the database has it already");
    Err(failure.hint("on a database of your own you can also undo it, and apply the new text: `db migrate down`, then `db migrate up`"))
}

fn refuse_failed(standings: &[Standing<'_>]) -> Result<()> {
    let Some(failed) = standings.iter().find(|one| one.state == State::Failed) else {
        return Ok(());
    };
    Err(Failure::user(format!(
        "version {} (`{}`) is marked as failed by another tool",
        failed.version, failed.description
    ))
    .hint("look how much of it took effect and put that right; then say so with `db migrate repair VERSION --done`, or `--forget` to run it again"))
}

fn refuse_undoing(standings: &[Standing<'_>]) -> Result<()> {
    let Some(undoing) = standings.iter().find(|one| one.state == State::Undoing) else {
        return Ok(());
    };
    let note = undoing.applied.and_then(|row| row.undo.as_ref());
    Err(Failure::user(format!(
        "version {} (`{}`) is half undone: {} of {} statements of its way back were run",
        undoing.version,
        undoing.description,
        note.map_or(0, |note| note.statements_done),
        note.map_or(0, |note| note.statements),
    ))
    .hint("go on with `db migrate down`, which takes it up where it stopped"))
}

fn refuse_late(standings: &[Standing<'_>], open: &[&Standing<'_>]) -> Result<()> {
    let late: Vec<_> = open
        .iter()
        .filter(|one| one.is_late)
        .filter_map(|one| Some(one.migration?.up.path()))
        .collect();
    let Some(first) = late.first() else {
        return Ok(());
    };
    let newest = standings
        .iter()
        .filter(|one| one.applied.is_some())
        .map(|one| one.version)
        .max()
        .unwrap_or_default();
    let mut failure = Failure::user(match late.len() {
        1 => format!("`{first}` comes too late: version {newest} is applied already"),
        count => format!("{count} files come too late: version {newest} is applied already"),
    });
    if late.len() > 1 {
        for path in &late {
            failure = failure.caused_by(format!("`{path}`"));
        }
    }
    Err(failure
        .hint("give it a version above the applied ones, so that every database runs the files in one order")
        .hint("or apply it all the same with `--allow-out-of-order`"))
}

fn known(standings: &[Standing<'_>], version: i64, fits: impl Fn(&Standing<'_>) -> bool) -> Result<()> {
    let mut versions = standings
        .iter()
        .filter(|standing| fits(standing))
        .map(|standing| standing.version);
    if versions.clone().any(|one| one == version) {
        return Ok(());
    }
    let failure = Failure::user(format!("there is no version {version}"));
    let range = versions
        .next()
        .map(|first| (first, versions.last().unwrap_or(first)));
    Err(match range {
        Some((first, last)) => failure.hint(format!(
            "versions here go from {first} to {last}: see `db migrate status`"
        )),
        None => failure.hint("there are none here: see `db migrate status`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::checksum;
    use crate::db::migrations::{Entry, Migrations};
    use crate::db::names::Layout;
    use crate::db::standing::{Applied, Note, compare};
    use crate::document::sql::{Dialect, Script};

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

    fn versions(steps: &[Step<'_>]) -> Vec<i64> {
        steps.iter().map(|step| step.migration.version).collect()
    }

    #[test]
    fn an_edited_file_is_refused() {
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
        let standings = compare(&migrations, &history, DIALECT);
        let failure = up(&standings, UpTo::default()).unwrap_err();
        assert_eq!(
            failure.message,
            "`m/2_b.sql` was changed after it was applied, and not only in its comments"
        );
    }

    #[test]
    fn a_late_version_needs_leave() {
        let migrations = folder(&[
            ("1_a.sql", "SELECT 1;"),
            ("2_b.sql", "SELECT 2;"),
            ("3_c.sql", "SELECT 3;"),
        ]);
        let history = [applied(2, "SELECT 2;")];
        let standings = compare(&migrations, &history, DIALECT);
        let failure = up(&standings, UpTo::default()).unwrap_err();
        assert_eq!(
            failure.message,
            "`m/1_a.sql` comes too late: version 2 is applied already"
        );
        let leave = UpTo {
            allow_out_of_order: true,
            version: None,
        };
        assert_eq!(versions(&up(&standings, leave).unwrap()), [1, 3]);
    }

    #[test]
    fn a_version_without_file_is_named() {
        let migrations = folder(&[("2_b.sql", "SELECT 2;")]);
        let history = [applied(1, "SELECT 1;")];
        let standings = compare(&migrations, &history, DIALECT);
        let failure = up(&standings, UpTo::default()).unwrap_err();
        assert_eq!(failure.message, "version 1 is applied, but its file is gone");
    }

    #[test]
    fn up_to_a_version_must_be_one_that_there_is() {
        let migrations = folder(&[("1_a.sql", "SELECT 1;"), ("5_b.sql", "SELECT 2;")]);
        let standings = compare(&migrations, &[], DIALECT);
        let to = |version| UpTo {
            version: Some(version),
            allow_out_of_order: false,
        };
        assert_eq!(versions(&up(&standings, to(1)).unwrap()), [1]);
        let failure = up(&standings, to(4)).unwrap_err();
        assert_eq!(
            failure.hints,
            ["versions here go from 1 to 5: see `db migrate status`"]
        );
    }

    #[test]
    fn down_goes_newest_first_and_stops_at_what_has_no_way_back() {
        let files = [
            ("1_a.sql", "SELECT 1;"),
            ("2_b.up.sql", "SELECT 2;"),
            ("2_b.down.sql", "SELECT 0;"),
            ("3_c.up.sql", "SELECT 3;"),
            ("3_c.down.sql", "SELECT 0;"),
        ];
        let migrations = folder(&files);
        let history = [
            applied(1, "SELECT 1;"),
            applied(2, "SELECT 2;"),
            applied(3, "SELECT 3;"),
        ];
        let standings = compare(&migrations, &history, DIALECT);
        let undone = |target| {
            down(&standings, target)
                .map(|undo| undo.iter().map(|one| one.migration.version).collect::<Vec<_>>())
        };
        assert_eq!(undone(DownTo::Steps(1)).unwrap(), [3]);
        assert_eq!(undone(DownTo::Version(1)).unwrap(), [3, 2]);
        let failure = undone(DownTo::Version(0)).unwrap_err();
        assert_eq!(
            failure.message,
            "`m/1_a.sql` cannot be undone: there is no `.down.sql` for version 1"
        );
        assert!(failure.hints[0].contains("`m/1_a.down.sql`"), "{failure:?}");
        assert!(undone(DownTo::Version(9)).is_err());
    }

    #[test]
    fn what_was_begun_is_taken_up_where_it_stopped() {
        let migrations = folder(&[("1_a.sql", "-- no-transaction\nSELECT 1; SELECT 2;")]);
        let row = Applied {
            version: 1,
            note: Some(Note {
                statements: 2,
                statements_done: 1,
                in_doubt: true,
                ..Note::default()
            }),
            ..Applied::default()
        };
        let history = [row];
        let standings = compare(&migrations, &history, DIALECT);
        let steps = up(&standings, UpTo::default()).unwrap();
        assert_eq!((steps[0].done, steps[0].in_doubt), (1, true));
    }
}
