//! Where a database is: `sqlite:path`, `sqlite::memory:`, `sqlite://path`, `postgres://…`, `postgresql://…`.
//!
//! The forms and parameters are those of sqlx, so that one `DATABASE_URL` serves both. What a PostgreSQL URL leaves out is taken
//! from the usual `PG…` variables and `~/.pgpass`, as by every PostgreSQL client.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use crate::failure::{Failure, Result};
use crate::text::{nearest, slashed};

use super::patience::Patience;

/// What may be done to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read and write; the file and its folder are made where they are missing.
    Create,
    /// Read and write a file that must be there.
    Existing,
    /// Only read a file that must be there.
    ReadOnly,
}

/// The address of a database, and how to go about it. Neither `Display` nor `Debug` shows a password.
#[derive(Clone)]
pub struct Url {
    pub(super) target: Target,
    pub(super) patience: Patience,
    /// Servers that follow this one and may be read in its place.
    pub(super) replicas: Vec<Self>,
}

#[derive(Clone)]
pub(super) enum Target {
    Memory,
    File { path: PathBuf, access: Access },
    Server(Box<PgConnectOptions>),
}

const SHAPES: &str =
    "write `sqlite:path/to/file.db`, `sqlite::memory:` or `postgres://user@host:5432/database`";

impl Url {
    /// Reads a URL. A failure does not repeat it, for it may hold a password.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let Some((scheme, rest)) = text.split_once(':') else {
            return Err(Failure::config("the database URL has no scheme").hint(SHAPES));
        };
        match scheme {
            "sqlite" => parse_sqlite(text, rest),
            "postgres" | "postgresql" => parse_server(text, rest),
            other => {
                let named = if other.chars().all(|letter| letter.is_ascii_alphanumeric()) {
                    format!("the database URL has the unknown scheme `{other}`")
                } else {
                    "the database URL has no known scheme".to_owned()
                };
                let failure = Failure::config(named);
                Err(match nearest(other, ["sqlite", "postgres", "postgresql"]) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure.hint(SHAPES),
                })
            }
        }
    }

    /// The URL of a SQLite file.
    pub fn of_file(path: impl Into<PathBuf>) -> Self {
        Self::to(Target::File {
            path: path.into(),
            access: Access::Create,
        })
    }

    fn to(target: Target) -> Self {
        Self {
            target,
            patience: Patience::default(),
            replicas: Vec::new(),
        }
    }

    /// The URL of a database in memory.
    pub(super) fn of_memory() -> Self {
        Self::to(Target::Memory)
    }

    /// Another database of the same server.
    pub(super) fn of_database(&self, options: &PgConnectOptions, name: &str) -> Self {
        Self {
            target: Target::Server(Box::new(options.clone().database(name))),
            patience: self.patience,
            replicas: Vec::new(),
        }
    }

    /// The same URL, opened with these time-outs and tries.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// The same URL, for work whose statements take as long as they take.
    #[must_use]
    pub fn unhurried(mut self) -> Self {
        self.patience.statement = None;
        self
    }

    /// The same URL, with servers that follow it and may be read in its place. They are tried once and not for long: the database
    /// itself is the way out.
    #[must_use]
    pub fn with_replicas(mut self, replicas: Vec<Self>) -> Self {
        let patience = Patience {
            connect: self.patience.connect.min(Duration::from_secs(3)),
            retries: 0,
            ..self.patience
        };
        self.replicas = replicas
            .into_iter()
            .map(|replica| replica.with_patience(patience))
            .collect();
        self
    }

    /// The same URL with a relative SQLite path taken from `folder`.
    #[must_use]
    pub fn relative_to(self, folder: &Path) -> Self {
        let target = match self.target {
            Target::File { path, access } if folder != Path::new("") && folder != Path::new(".") => {
                Target::File {
                    path: folder.join(path),
                    access,
                }
            }
            same => same,
        };
        Self { target, ..self }
    }

    /// The name of the database: that of its file, or that on its server.
    pub fn name(&self) -> String {
        match &self.target {
            Target::Memory => ":memory:".to_owned(),
            Target::File { path, .. } => path
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            Target::Server(options) => options
                .get_database()
                .unwrap_or_else(|| options.get_username())
                .to_owned(),
        }
    }

    /// Host and port of the server, or the folder of its socket.
    pub fn server(&self) -> Option<String> {
        let Target::Server(options) = &self.target else {
            return None;
        };
        Some(match options.get_socket() {
            Some(folder) => slashed(folder),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        })
    }

    /// What tells the programs of PostgreSQL where the database is and who asks, in variables, since everybody on the machine may
    /// read a command line. Empty for SQLite.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let Target::Server(options) = &self.target else {
            return Vec::new();
        };
        let host = match options.get_socket() {
            Some(folder) => folder.to_string_lossy().into_owned(),
            None => options.get_host().trim_matches(['[', ']']).to_owned(),
        };
        let mut variables = vec![
            ("PGHOST", host),
            ("PGPORT", options.get_port().to_string()),
            ("PGUSER", options.get_username().to_owned()),
            ("PGDATABASE", self.name()),
        ];
        variables.extend(
            options
                .get_options()
                .map(|options| ("PGOPTIONS", options.to_owned())),
        );
        // What has no getter stands in the URL; host and user need no place in it, and not every one of them could have one.
        let url = options
            .as_ref()
            .clone()
            .host("host")
            .username("user")
            .to_url_lossy();
        variables.extend(url.password().map(|password| ("PGPASSWORD", decoded(password))));
        for (name, value) in url.query_pairs() {
            let variable = match &*name {
                "sslmode" => "PGSSLMODE",
                "sslrootcert" => "PGSSLROOTCERT",
                "sslcert" => "PGSSLCERT",
                "sslkey" => "PGSSLKEY",
                _ => continue,
            };
            variables.push((variable, value.into_owned()));
        }
        variables
    }

    /// The SQLite file, or `None` for a server or a database in memory.
    pub fn file(&self) -> Option<&Path> {
        match &self.target {
            Target::File { path, .. } => Some(path),
            Target::Memory | Target::Server(_) => None,
        }
    }
}

/// Text of a URL without its `%41`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => char::from(*high)
                .to_digit(16)
                .zip(char::from(*low).to_digit(16))
                .and_then(|(high, low)| u8::try_from(high * 16 + low).ok()),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn parse_sqlite(text: &str, rest: &str) -> Result<Url> {
    let options = SqliteConnectOptions::from_str(text).map_err(|error| {
        Failure::config(format!("the database URL `{text}` cannot be read")).because(&error)
    })?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let mode = parameters
        .split('&')
        .find_map(|parameter| parameter.strip_prefix("mode="));
    if path == ":memory:" || mode == Some("memory") {
        return Ok(Url::of_memory());
    }
    if path.is_empty() {
        return Err(Failure::config(format!("the database URL `{text}` names no file")).hint(SHAPES));
    }
    if let Some(other) = parameters
        .split('&')
        .find(|part| !part.is_empty() && !part.starts_with("mode="))
    {
        return Err(
            Failure::config(format!("the database URL `{text}` has the parameter `{other}`"))
                .hint("for SQLite only `mode=ro`, `mode=rw`, `mode=rwc` and `mode=memory` are known"),
        );
    }
    Ok(Url::to(Target::File {
        path: options.get_filename().to_path_buf(),
        access: match mode {
            Some("ro") => Access::ReadOnly,
            Some("rw") => Access::Existing,
            _ => Access::Create,
        },
    }))
}

fn parse_server(text: &str, rest: &str) -> Result<Url> {
    if !rest.starts_with("//") {
        return Err(Failure::config("the database URL has no `//` after its scheme").hint(SHAPES));
    }
    match PgConnectOptions::from_str(text) {
        Ok(options) => Ok(Url::to(Target::Server(Box::new(options)))),
        Err(error) => Err(Failure::config("the PostgreSQL URL cannot be read")
            .because(&error)
            .hint("characters such as `@`, `/`, `#` and `%` in a password are written `%40`, `%2F`, `%23`, `%25`")
            .hint(SHAPES)),
    }
}

impl fmt::Display for Url {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::Memory => formatter.write_str("sqlite::memory:"),
            Target::File { path, .. } => write!(formatter, "sqlite:{}", slashed(path)),
            Target::Server(options) => {
                write!(formatter, "postgres://{}@", options.get_username())?;
                match options.get_socket() {
                    Some(folder) => write!(formatter, "{}", slashed(folder))?,
                    None => write!(formatter, "{}:{}", options.get_host(), options.get_port())?,
                }
                match options.get_database() {
                    Some(database) => write!(formatter, "/{database}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Url({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_sqlite_urls() {
        for (text, shown) in [
            ("sqlite:a/b.db", "sqlite:a/b.db"),
            ("sqlite://a/b.db", "sqlite:a/b.db"),
            ("sqlite:///a/b.db", "sqlite:/a/b.db"),
            ("sqlite:a%20b.db?mode=rwc", "sqlite:a b.db"),
            ("sqlite::memory:", "sqlite::memory:"),
            ("sqlite://?mode=memory", "sqlite::memory:"),
        ] {
            assert_eq!(Url::parse(text).unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let url = Url::parse("postgresql://app:s3cret@db.example:6543/shop?sslmode=require").unwrap();
        assert_eq!(url.to_string(), "postgres://app@db.example:6543/shop");
        assert_eq!(format!("{url:?}"), "Url(postgres://app@db.example:6543/shop)");
        for broken in [
            "postgres://app:s3cret@db.example:port/shop",
            "postgres:app:s3cret@db/shop",
            "app:s3cret@db/shop",
            "postgress://app:s3cret@db/shop",
            "mysql://app:s3cret@db/shop",
            "s3cret",
        ] {
            let failure = Url::parse(broken).unwrap_err();
            let words = format!("{failure} {:?}", failure.hints);
            assert!(!words.contains("s3cret"), "{words}");
        }
    }

    #[test]
    fn the_programs_of_postgres_are_told_in_variables() {
        let url =
            Url::parse("postgresql://ap%40p:s%203cr%25et%C3%A9@[::1]:6543/sh%20op?sslmode=require").unwrap();
        let variables = url.variables();
        for expected in [
            ("PGHOST", "::1"),
            ("PGPORT", "6543"),
            ("PGUSER", "ap@p"),
            ("PGDATABASE", "sh op"),
            ("PGPASSWORD", "s 3cr%eté"),
            ("PGSSLMODE", "require"),
        ] {
            let found = variables.iter().find(|(name, _)| *name == expected.0);
            assert_eq!(
                found.map(|(_, value)| value.as_str()),
                Some(expected.1),
                "{}",
                expected.0
            );
        }
        let url = Url::parse("postgres:///shop?user=app&host=%2Fvar%2Frun").unwrap();
        assert_eq!(url.variables()[0].1, "/var/run");
        assert_eq!(decoded("%"), "%");
        assert_eq!(decoded("a%4"), "a%4");
        assert_eq!(decoded("%zz%41"), "%zzA");
    }

    #[test]
    fn a_wrong_scheme_gets_a_suggestion() {
        let failure = Url::parse("postgress://db/shop").unwrap_err();
        assert_eq!(failure.hints, ["did you mean `postgres`?"]);
        let failure = Url::parse("store.db").unwrap_err();
        assert_eq!(failure.message, "the database URL has no scheme");
    }

    #[test]
    fn relative_paths_of_settings_stand_in_the_folder_of_the_settings() {
        let url = Url::parse("sqlite:.packwright/store.db").unwrap();
        assert_eq!(
            url.relative_to(Path::new("..")).to_string(),
            "sqlite:../.packwright/store.db"
        );
        let url = Url::parse("sqlite:/var/store.db").unwrap();
        assert_eq!(
            url.relative_to(Path::new("..")).to_string(),
            "sqlite:/var/store.db"
        );
    }
}
