//! Names of migration files: what they say, what is nearly right, and how a new one is made.

use crate::text::nearest;

/// Whose folder it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    Sqlx,
    Supabase,
}

impl Layout {
    /// Tells by the folder's path, with `/` between its parts.
    pub fn of_folder(path: &str) -> Self {
        let path = path.trim_end_matches('/');
        if path == "supabase/migrations" || path.ends_with("/supabase/migrations") {
            Self::Supabase
        } else {
            Self::Sqlx
        }
    }

    /// `sqlx` or `supabase`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlx => "sqlx",
            Self::Supabase => "supabase",
        }
    }
}

/// A file name taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub version: i64,
    /// The version as it is written, with leading zeros.
    pub version_text: String,
    /// With spaces for underscores.
    pub description: String,
    pub direction: Direction,
}

/// Which way a file leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Up, without a way back.
    Simple,
    Up,
    Down,
}

/// What is nearly right about a name, and how it would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misnamed {
    pub message: String,
    pub help: String,
}

/// Version and name of a migration file, `None` for a file that is clearly something else, or why the name is nearly right.
pub fn parse(name: &str, layout: Layout) -> Result<Option<Name>, Misnamed> {
    let Some((stem, ending)) = name.rsplit_once('.') else {
        return Ok(None);
    };
    if name.starts_with('.') || !ending.eq_ignore_ascii_case("sql") {
        return Ok(None);
    }
    if ending != "sql" {
        return Err(misnamed(
            format!("`{name}` does not end in `.sql` in small letters"),
            format!("rename it to `{stem}.sql`"),
        ));
    }
    let digits = stem.len()
        - stem
            .trim_start_matches(|letter: char| letter.is_ascii_digit())
            .len();
    let (version_text, rest) = stem.split_at(digits);
    if digits == 0 {
        let words = stem.trim_start_matches(|letter: char| !letter.is_ascii_alphabetic());
        // Flyway's `V7__add_users.sql`.
        let flyway = stem
            .strip_prefix(['V', 'v', 'U', 'u'])
            .and_then(|rest| rest.split_once("__"))
            .filter(|(version, _)| version.bytes().all(|byte| byte.is_ascii_digit()));
        let better = match flyway {
            Some((version, description)) => format!("{version}_{description}.sql"),
            None => format!(
                "20260131120000_{}.sql",
                if words.is_empty() { "name" } else { words }
            ),
        };
        return Err(misnamed(
            format!("`{name}` has no version in front"),
            format!(
                "rename it, for example to `{better}`, or move it out of this folder if it is no migration"
            ),
        ));
    }
    let Some(description) = rest
        .strip_prefix('_')
        .filter(|description| !description.is_empty())
    else {
        let words = rest.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let better = format!(
            "{version_text}_{}.sql",
            if words.is_empty() { "name" } else { words }
        );
        return Err(misnamed(
            format!("`{name}` has no `_` and description after its version"),
            format!("rename it to `{better}`"),
        ));
    };
    let version = version_text.parse().map_err(|_| {
        misnamed(
            format!("the version of `{name}` is too large"),
            "use at most 18 digits, for example a time of 14 digits",
        )
    })?;
    let (description, direction) = direction_of(name, description, layout)?;
    Ok(Some(Name {
        version,
        version_text: version_text.to_owned(),
        description: description.replace('_', " "),
        direction,
    }))
}

fn misnamed(message: impl Into<String>, help: impl Into<String>) -> Misnamed {
    Misnamed {
        message: message.into(),
        help: help.into(),
    }
}

fn direction_of<'a>(
    name: &str,
    description: &'a str,
    layout: Layout,
) -> Result<(&'a str, Direction), Misnamed> {
    let Some((before, suffix)) = description.rsplit_once('.') else {
        return Ok((description, Direction::Simple));
    };
    let direction = match suffix {
        "up" => Direction::Up,
        "down" => Direction::Down,
        other => {
            return match nearest(other, ["up", "down"]) {
                Some(near) => Err(misnamed(
                    format!("`{name}` ends in `.{other}.sql`, which is neither `.up.sql` nor `.down.sql`"),
                    format!("rename it to end in `.{near}.sql`"),
                )),
                None => Ok((description, Direction::Simple)),
            };
        }
    };
    match layout {
        Layout::Sqlx => Ok((before, direction)),
        Layout::Supabase => Err(misnamed(
            format!(
                "`{name}` is one of a pair, which a Supabase folder does not know: its CLI would apply both"
            ),
            "write one `<version>_<name>.sql` for each change, or keep pairs in a folder of their own",
        )),
    }
}

/// A name as it stands in a file name: small letters, digits and `_`. `None` when nothing of it is left.
pub fn slug(name: &str) -> Option<String> {
    let mut slug = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    let slug = slug.trim_end_matches('_');
    (!slug.is_empty()).then(|| slug.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_pairs_and_single_files_are_taken_apart() {
        let name = |text| {
            parse(text, Layout::Sqlx)
                .unwrap()
                .map(|name| (name.version, name.description, name.direction))
        };
        assert_eq!(
            name("0001_first_thing.sql"),
            Some((1, "first thing".to_owned(), Direction::Simple))
        );
        assert_eq!(name("7_a.up.sql"), Some((7, "a".to_owned(), Direction::Up)));
        assert_eq!(
            name("7_a.b.down.sql"),
            Some((7, "a.b".to_owned(), Direction::Down))
        );
        assert_eq!(name("README.md"), None);
        assert_eq!(name(".1_a.sql"), None);
    }

    #[test]
    fn names_that_are_nearly_right_are_told_what_would_be() {
        for (name, better) in [
            ("0001.sql", "`0001_name.sql`"),
            ("0001-users.sql", "`0001_users.sql`"),
            ("1_users.SQL", "`1_users.sql`"),
            ("users.sql", "_users.sql`"),
            ("V7__add_users.sql", "`7_add_users.sql`"),
            ("1_users.Down.sql", "`.down.sql`"),
            ("1_users.upp.sql", "`.up.sql`"),
            ("99999999999999999999_a.sql", "18 digits"),
        ] {
            let misnamed = parse(name, Layout::Sqlx).unwrap_err();
            assert!(misnamed.help.contains(better), "{name}: {misnamed:?}");
        }
        assert!(parse("3_d.down.sql", Layout::Supabase).is_err());
    }

    #[test]
    fn names_become_slugs() {
        assert_eq!(slug("Add users & roles!").as_deref(), Some("add_users_roles"));
        assert_eq!(slug("../../x").as_deref(), Some("x"));
        assert_eq!(slug("é !"), None);
    }

    proptest! {
        #[test]
        fn any_name_is_a_migration_nearly_one_or_clearly_something_else(
            name in r"[0-9]{0,3}[_.a-zA-Z\-é]{0,12}(\.sql|\.SQL|\.md)?",
        ) {
            let known = !matches!(parse(&name, Layout::Sqlx), Ok(None));
            let looks_like_sql = name.to_ascii_lowercase().ends_with(".sql") && !name.starts_with('.');
            prop_assert_eq!(known, looks_like_sql, "{}", name);
        }

        #[test]
        fn a_slug_makes_a_name_that_reads_back(name in ".{0,20}") {
            if let Some(slug) = slug(&name) {
                let read = parse(&format!("1_{slug}.up.sql"), Layout::Sqlx).unwrap().unwrap();
                prop_assert_eq!((read.version, read.direction), (1, Direction::Up));
                prop_assert_eq!(read.description.replace(' ', "_"), slug);
            }
        }
    }
}
