//! Files and histories of other tools: dbmate, goose, golang-migrate, refinery, Flyway, Supabase.

use std::path::Path;

use crate::changes::ChangeSet;
use crate::failure::{Failure, Result};

use super::migrations::{Entry, NO_TRANSACTION};
use super::names;

/// Whose they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    Dbmate,
    GolangMigrate,
    Goose,
    Refinery,
    Flyway,
    Supabase,
}

impl Tool {
    pub const ALL: [Self; 6] = [
        Self::Dbmate,
        Self::GolangMigrate,
        Self::Goose,
        Self::Refinery,
        Self::Flyway,
        Self::Supabase,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Dbmate => "dbmate",
            Self::GolangMigrate => "golang-migrate",
            Self::Goose => "goose",
            Self::Refinery => "refinery",
            Self::Flyway => "flyway",
            Self::Supabase => "supabase",
        }
    }
}

/// Which way the lines that follow lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Up,
    Down,
    NoTransaction,
    /// A bracket around a statement, which is not needed here.
    Bracket,
}

/// What a line says to dbmate (`-- migrate:up`) or goose (`-- +goose Up`).
fn mark(line: &str) -> Option<(Tool, Vec<Mark>)> {
    let line = line.trim_start_matches('\u{feff}').trim();
    let words = line.strip_prefix("--")?.trim().to_ascii_lowercase();
    if let Some(rest) = words.strip_prefix("migrate:") {
        let (way, options) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let mut marks = vec![match way {
            "up" => Mark::Up,
            "down" => Mark::Down,
            _ => return None,
        }];
        if options.replace(' ', "").contains("transaction:false") {
            marks.push(Mark::NoTransaction);
        }
        return Some((Tool::Dbmate, marks));
    }
    let rest = words.strip_prefix("+goose")?;
    let mark = match rest.trim() {
        "up" => Mark::Up,
        "down" => Mark::Down,
        "no transaction" => Mark::NoTransaction,
        "statementbegin" | "statementend" => Mark::Bracket,
        _ => return None,
    };
    Some((Tool::Goose, vec![mark]))
}

/// Whose file this is, when it holds both ways in one, which would be run one after the other here.
pub fn both_ways(text: &str) -> Option<(Tool, usize)> {
    let mut lines = text.lines().enumerate();
    lines.find_map(|(at, line)| {
        let (tool, marks) = mark(line)?;
        marks.contains(&Mark::Down).then_some((tool, at + 1))
    })
}

/// The two ways of a file of dbmate or goose, or `None` when it has no marks.
fn split(text: &str) -> Option<(String, Option<String>)> {
    let mut up = String::new();
    let mut down = None::<String>;
    let mut way = None;
    let mut bare = (false, false);
    for line in text.split_inclusive('\n') {
        match mark(line) {
            Some((_, marks)) => {
                for mark in marks {
                    match mark {
                        Mark::Up => way = Some(Mark::Up),
                        Mark::Down => {
                            way = Some(Mark::Down);
                            down.get_or_insert_default();
                        }
                        // goose means the file, dbmate the part that the line begins.
                        Mark::NoTransaction => match way {
                            None => bare = (true, true),
                            Some(Mark::Down) => bare.1 = true,
                            Some(_) => bare.0 = true,
                        },
                        Mark::Bracket => {}
                    }
                }
            }
            None => match (way, &mut down) {
                (Some(Mark::Down), Some(down)) => down.push_str(line),
                _ => up.push_str(line),
            },
        }
    }
    way?;
    let finished = |text: &str, bare: bool| {
        let text = text.trim_start_matches('\u{feff}').trim();
        if bare {
            format!("{NO_TRANSACTION}\n{text}\n")
        } else {
            format!("{text}\n")
        }
    };
    let down = down
        .filter(|down| !down.trim().is_empty())
        .map(|down| finished(&down, bare.1));
    Some((finished(&up, bare.0), down))
}

/// Files of other tools under names and in a form that is read here. Files that are in order stay as they are.
pub fn converted(folder: &Path, entries: &[Entry]) -> ChangeSet {
    let mut set = ChangeSet::new(folder);
    let files = || {
        entries.iter().filter_map(|entry| match entry {
            Entry::File { name, bytes } => name
                .strip_suffix(".sql")
                .map(|_| (name.as_str(), bytes.as_slice())),
            Entry::Folder { .. } => None,
        })
    };
    for (name, bytes) in files() {
        let stem = name.trim_end_matches(".sql");
        if let Some((letter, version, description)) = flyway_name(stem) {
            let Some(slug) = names::slug(description) else {
                continue;
            };
            let has_undo = files().any(|(other, _)| {
                flyway_name(other.trim_end_matches(".sql"))
                    .is_some_and(|(letter, its, _)| letter == 'U' && its == version)
            });
            let ending = match (letter, has_undo) {
                ('U', _) => ".down.sql",
                (_, true) => ".up.sql",
                (_, false) => ".sql",
            };
            set.create(format!("{version}_{slug}{ending}"), bytes);
            set.remove(name);
            continue;
        }
        let Some((up, down)) = std::str::from_utf8(bytes).ok().and_then(split) else {
            continue;
        };
        match down {
            Some(down) => {
                set.create(format!("{stem}.up.sql"), up);
                set.create(format!("{stem}.down.sql"), down);
                set.remove(name);
            }
            None => set.edit(name, bytes, up),
        }
    }
    set
}

/// `V7__add_users` of Flyway and refinery: letter, version and description.
fn flyway_name(stem: &str) -> Option<(char, &str, &str)> {
    let letter = stem.chars().next().filter(|letter| matches!(letter, 'V' | 'U'))?;
    let (version, description) = stem[1..].split_once("__")?;
    let is_number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some((letter, version, description))
}

/// Version, whether the row says applied, whether it says broken; in the order in which they were written.
pub type Row = (String, bool, bool);

/// The versions that a history says are applied. `files` are those there are, for a tool that notes the newest only.
pub fn applied(tool: Tool, rows: &[Row], files: &[i64]) -> Result<Vec<i64>> {
    let mut applied: Vec<i64> = Vec::new();
    for (text, is_applied, is_broken) in rows {
        let version: i64 = text.trim().parse().map_err(|_| {
            Failure::user(format!(
                "{} applied version `{text}`, which is no whole number",
                tool.name()
            ))
            .hint("give that file a whole number, in the history of the other tool too, and import again")
        })?;
        if *is_broken {
            return Err(
                Failure::user(format!("{} marks version {version} as failed", tool.name()))
                    .hint("put that right with the other tool first, and import again"),
            );
        }
        // The row with which goose begins.
        if tool == Tool::Goose && version == 0 {
            continue;
        }
        applied.retain(|one| *one != version);
        if *is_applied {
            applied.push(version);
        }
    }
    if tool == Tool::GolangMigrate {
        let newest = applied.iter().copied().max().unwrap_or(-1);
        applied.extend(files.iter().copied().filter(|version| *version < newest));
    }
    applied.sort_unstable();
    applied.dedup();
    Ok(applied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::slashed;
    use proptest::prelude::*;

    #[test]
    fn both_ways_of_one_file_become_two() {
        let (up, down) = split(
            "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY a ON t (x);\n\n-- migrate:down\nDROP INDEX a;\n",
        )
        .unwrap();
        assert_eq!(up, "-- no-transaction\nCREATE INDEX CONCURRENTLY a ON t (x);\n");
        assert_eq!(down.as_deref(), Some("DROP INDEX a;\n"));
        let goose = "-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n-- +goose Down\n";
        assert_eq!(
            split(goose),
            Some(("-- no-transaction\nSELECT 1;\n".to_owned(), None))
        );
        assert_eq!(split("SELECT 1; -- migrate: nothing\n"), None);
        assert_eq!(
            both_ways("-- migrate:up\nx\n--migrate:down\n"),
            Some((Tool::Dbmate, 3))
        );
        assert_eq!(both_ways(goose), Some((Tool::Goose, 6)));
    }

    #[test]
    fn files_get_the_names_that_are_read_here() {
        let file = |name: &str, text: &str| Entry::File {
            name: name.to_owned(),
            bytes: text.as_bytes().to_vec(),
        };
        let set = converted(
            Path::new("m"),
            &[
                file("V1__add_users.sql", "a"),
                file("V2__x.sql", "b"),
                file("U2__x.sql", "c"),
                file("3_y.sql", "-- migrate:up\nd\n-- migrate:down\ne\n"),
                file("4_z.up.sql", "f"),
                file("R__view.sql", "g"),
            ],
        );
        let shown: Vec<String> = set
            .changes
            .iter()
            .map(|change| format!("{} {}", change.verb(), slashed(change.path())))
            .collect();
        assert_eq!(
            shown,
            [
                "create 1_add_users.sql",
                "remove V1__add_users.sql",
                "create 2_x.up.sql",
                "remove V2__x.sql",
                "create 2_x.down.sql",
                "remove U2__x.sql",
                "create 3_y.up.sql",
                "create 3_y.down.sql",
                "remove 3_y.sql",
            ]
        );
    }

    #[test]
    fn histories_are_read_as_their_tools_mean_them() {
        let row = |version: &str, is_applied, is_broken| (version.to_owned(), is_applied, is_broken);
        let goose = [
            row("0", true, false),
            row("1", true, false),
            row("2", true, false),
            row("2", false, false),
        ];
        assert_eq!(applied(Tool::Goose, &goose, &[1, 2]).unwrap(), [1]);
        assert_eq!(
            applied(Tool::GolangMigrate, &[row("2", true, false)], &[1, 2, 3]).unwrap(),
            [1, 2]
        );
        assert!(applied(Tool::GolangMigrate, &[row("2", true, true)], &[1]).is_err());
        assert!(applied(Tool::Flyway, &[row("1.1", true, false)], &[]).is_err());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_between_the_marks(text in "((-- migrate:(up|down)|[a-z;]{0,4}|-- [+]goose (Up|Down))\n){0,8}") {
            if let Some((up, down)) = split(&text) {
                let kept: String = text.lines().filter(|line| mark(line).is_none()).collect();
                let got: String = up.lines().chain(down.as_deref().unwrap_or_default().lines()).collect();
                let sorted = |text: String| {
                    let mut letters: Vec<char> = text.chars().collect();
                    letters.sort_unstable();
                    letters
                };
                prop_assert_eq!(sorted(kept), sorted(got));
            }
        }
    }
}
