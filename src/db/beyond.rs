//! Statements that reach beyond the database they run in, so that a scratch database beside the real one would not keep them in.

use crate::document::sql::{Dialect, Statement, TokenKind};
use crate::failure::Failure;

use super::script::Job;

/// Why a file must not be run in a scratch database on the same server, or beside the same files. `None` when it may.
pub fn reaches_beyond(job: &Job<'_>, dialect: Dialect) -> Option<Failure> {
    let mut all = job.script.statements.iter();
    let (statement, what) = all.find_map(|statement| Some((statement, beyond(job, statement, dialect)?)))?;
    let line = job.line(statement);
    Some(
        Failure::user(format!(
            "`{}` line {line} {what}, which a scratch database does not keep in",
            job.source.path()
        ))
        .hint(match dialect {
            Dialect::Postgres => {
                "name a server on which that does no harm with `--scratch-url URL`, for example one in a container"
            }
            Dialect::Sqlite => "the file cannot be tried out; look at it by hand",
        }),
    )
}

fn beyond(job: &Job<'_>, statement: &Statement, dialect: Dialect) -> Option<&'static str> {
    let words: Vec<String> = job
        .script
        .code_of(statement)
        .filter(|(kind, _)| *kind == TokenKind::Word)
        .map(|(_, word)| word.to_ascii_lowercase())
        .collect();
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    match dialect {
        Dialect::Sqlite => match (word(0), word(1)) {
            ("attach", _) => Some("attaches another file"),
            ("vacuum", _) if words.iter().any(|word| word == "into") => Some("writes another file"),
            _ => None,
        },
        Dialect::Postgres => match word(0) {
            "grant" | "revoke" if !words.iter().any(|word| word == "on") => {
                Some("changes who is a member of a role")
            }
            // What the body of a `DO` does, it does at once.
            "do" => {
                let body = job.script.text_of(statement).to_ascii_lowercase();
                let words: Vec<&str> = body
                    .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
                    .filter(|word| !word.is_empty())
                    .collect();
                words
                    .windows(3)
                    .find_map(|three| whole_server(three[0], three[1], three[2]))
            }
            first => whole_server(first, word(1), word(2)),
        },
    }
}

fn whole_server(first: &str, second: &str, third: &str) -> Option<&'static str> {
    if !matches!(first, "create" | "alter" | "drop" | "reassign" | "copy") {
        return None;
    }
    match (second, third) {
        ("user", "mapping") => None,
        ("role" | "user" | "group", _) => Some("changes a role of the whole server"),
        ("database", _) => Some("changes a database by its name"),
        ("tablespace" | "system", _) => Some("changes the whole server"),
        ("subscription", _) => Some("changes a subscription"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Source;

    fn reaches(text: &str, dialect: Dialect) -> bool {
        let source = Source::new("m/1_a.sql", format!("-- no-transaction\n{text}"));
        let job = Job::read(&source, dialect).unwrap();
        reaches_beyond(&job, dialect).is_some()
    }

    #[test]
    fn what_belongs_to_the_whole_server_is_seen() {
        for text in [
            "SELECT 1; CREATE ROLE app",
            "drop user app",
            "GRANT admin TO app",
            "DO $$ BEGIN EXECUTE 'x'; CREATE  ROLE app LOGIN; END $$",
            "ALTER DATABASE shop SET search_path = app",
            "ALTER SYSTEM SET work_mem = '1GB'",
        ] {
            assert!(reaches(text, Dialect::Postgres), "{text}");
        }
        for text in [
            "GRANT SELECT ON t TO app",
            "CREATE TABLE role (a int)",
            "ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT ON TABLES TO public",
            "CREATE USER MAPPING FOR app SERVER s",
            "COMMENT ON TABLE t IS 'create role'",
        ] {
            assert!(!reaches(text, Dialect::Postgres), "{text}");
        }
        assert!(reaches("ATTACH 'other.db' AS other", Dialect::Sqlite));
        assert!(reaches("VACUUM INTO 'copy.db'", Dialect::Sqlite));
        assert!(!reaches("VACUUM", Dialect::Sqlite));
    }
}
