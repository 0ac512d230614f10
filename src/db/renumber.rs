//! `db migrate renumber`: files that come too late get versions above the applied ones.

use std::path::Path;

use crate::changes::ChangeSet;
use crate::failure::{Failure, Result};
use crate::text::Source;

use super::migrations::Migration;
use super::standing::{Standing, State};

/// A version of so many digits is a time.
const TIME: usize = 14;

/// The files that are pending below an applied version, or the named pending ones, under new versions in the old order. `now` is the
/// present as fourteen digits.
pub fn files(folder: &Path, standings: &[Standing<'_>], versions: &[i64], now: &str) -> Result<ChangeSet> {
    let mut set = ChangeSet::new(folder);
    let chosen: Vec<&Standing<'_>> = if versions.is_empty() {
        standings.iter().filter(|one| one.is_late).collect()
    } else {
        let find =
            |version: &i64| {
                let standing = standings.iter().find(|one| one.version == *version);
                match standing {
                    Some(one) if one.state == State::Pending => Ok(one),
                    Some(_) => Err(Failure::user(format!(
                        "version {version} is applied, so it keeps its number"
                    ))
                    .hint("only pending versions can be renumbered")),
                    None => Err(Failure::user(format!("there is no version {version}"))
                        .hint("see `db migrate status`")),
                }
            };
        versions.iter().map(find).collect::<Result<_>>()?
    };
    let mut newest = standings
        .iter()
        .filter(|one| !chosen.iter().any(|other| other.version == one.version))
        .map(|one| one.version)
        .max()
        .unwrap_or_default();
    for migration in chosen.iter().filter_map(|one| one.migration) {
        let width = migration.version_text.len();
        let next = newest.saturating_add(1);
        let version = if width >= TIME || newest.to_string().len() >= TIME {
            next.max(now.parse().unwrap_or_default())
        } else {
            next
        };
        rename(&mut set, migration, &format!("{version:0width$}"));
        newest = version;
    }
    Ok(set)
}

fn rename(set: &mut ChangeSet, migration: &Migration, version: &str) {
    let sources = std::iter::once(&migration.up).chain(&migration.down);
    for source in sources {
        let name = name_of(source);
        let rest = name.strip_prefix(migration.version_text.as_str());
        // The two files of a pair may write their version with another number of zeros.
        let rest = rest.unwrap_or_else(|| name.trim_start_matches(|letter: char| letter.is_ascii_digit()));
        set.create(format!("{version}{rest}"), source.text().as_bytes());
        set.remove(name);
    }
}

fn name_of(source: &Source) -> &str {
    let path = source.path();
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::migrations::{Entry, Migrations};
    use crate::db::names::Layout;
    use crate::db::standing::{Applied, compare};
    use crate::document::sql::Dialect;
    use crate::text::slashed;

    fn renamed(names: &[&str], applied: &[i64], versions: &[i64]) -> Result<Vec<String>> {
        let entries = names.iter().map(|name| Entry::File {
            name: (*name).to_owned(),
            bytes: b"SELECT 1;".to_vec(),
        });
        let migrations = Migrations::read("m", Layout::Sqlx, entries.collect());
        let history: Vec<Applied> = applied
            .iter()
            .map(|&version| Applied {
                version,
                success: true,
                ..Applied::default()
            })
            .collect();
        let standings = compare(&migrations, &history, Dialect::Sqlite);
        let set = files(Path::new("m"), &standings, versions, "20261121083000")?;
        Ok(set
            .changes
            .iter()
            .map(|change| format!("{} {}", change.verb(), slashed(change.path())))
            .collect())
    }

    #[test]
    fn late_files_come_after_all_others_with_their_zeros_and_their_other_halves() {
        let names = [
            "0001_a.sql",
            "0002_b.up.sql",
            "0002_b.down.sql",
            "0003_c.sql",
            "0009_d.sql",
        ];
        assert_eq!(
            renamed(&names, &[1, 3], &[]).unwrap(),
            [
                "create 0010_b.up.sql",
                "remove 0002_b.up.sql",
                "create 0010_b.down.sql",
                "remove 0002_b.down.sql"
            ]
        );
        assert_eq!(renamed(&names, &[1], &[]).unwrap(), [] as [String; 0]);
        assert!(renamed(&names, &[1], &[1]).is_err());
        assert_eq!(renamed(&names, &[1], &[3]).unwrap()[0], "create 0010_c.sql");
    }

    #[test]
    fn times_become_the_present() {
        let names = ["20240101000000_a.sql", "20250101000000_b.sql"];
        assert_eq!(
            renamed(&names, &[20_250_101_000_000], &[]).unwrap(),
            ["create 20261121083000_a.sql", "remove 20240101000000_a.sql"]
        );
    }
}
