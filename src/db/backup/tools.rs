//! `pg_dump` and `pg_restore`: where they are, of which version, or what to install.
//!
//! Each reads what is as old as itself and older: `pg_dump` a server, `pg_restore` an archive. So the oldest that is new enough is
//! taken, which is the one of the same version where there is one.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::io::{files, process};
use crate::text::slashed;

use super::manifest::major;

/// Where to look.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The only folder to look in, and who named it: `--pg-bin`, a variable, the settings.
    pub named: Option<(PathBuf, String)>,
    /// The folders of the PATH.
    pub path: Vec<PathBuf>,
}

/// A program that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    pub program: PathBuf,
    /// `18.4`
    pub version: String,
    pub major: u32,
}

/// Folders in which packages of PostgreSQL have a folder for each version; below that lies the one with the programs.
const HOMES: &[(&str, &str)] = &[
    ("/usr/lib/postgresql", "bin"),
    ("/usr", "bin"),
    ("/usr/local", "bin"),
    ("/opt/homebrew/opt", "bin"),
    ("/usr/local/opt", "bin"),
    ("/opt/local/lib", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "bin"),
    ("C:/Program Files/PostgreSQL", "bin"),
];

impl Search {
    /// Finds a program of this major version or a newer one. `whose` is what asks for it, as in "the server is PostgreSQL".
    pub fn find(&self, program: &str, at_least: u32, whose: &str) -> Result<Tool> {
        let mut found: Vec<Tool> = Vec::new();
        for folder in self.folders() {
            let tool = inspect(&folder, program);
            found.extend(tool.filter(|tool| !found.contains(tool)));
        }
        let fit = found
            .iter()
            .filter(|tool| tool.major >= at_least)
            .min_by_key(|tool| tool.major);
        fit.cloned()
            .ok_or_else(|| self.missing(program, at_least, whose, &found))
    }

    fn folders(&self) -> Vec<PathBuf> {
        if let Some((folder, _)) = &self.named {
            return vec![folder.clone()];
        }
        let mut folders = self.path.clone();
        for (home, below) in HOMES {
            let home = Path::new(home);
            let mut names = files::names_in(home);
            names.sort();
            let is_version = |name: &String| {
                ["pgsql", "postgres", "libpq"]
                    .iter()
                    .any(|start| name.starts_with(start))
                    || name.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
                    || name == "latest"
            };
            folders.extend(
                names
                    .iter()
                    .filter(|name| is_version(name))
                    .map(|name| home.join(name).join(below)),
            );
        }
        folders
    }

    fn missing(&self, program: &str, at_least: u32, whose: &str, found: &[Tool]) -> Failure {
        let mut failure = Failure::user(format!(
            "{whose} {at_least}: this needs {program} {at_least} or newer"
        ));
        for tool in found {
            failure = failure.caused_by(format!(
                "found {program} {} at `{}`, which is too old",
                tool.version,
                slashed(&tool.program)
            ));
        }
        let Some((folder, by)) = &self.named else {
            if found.is_empty() {
                failure = failure.caused_by(format!(
                    "there is no {program} on the PATH or in the usual folders"
                ));
            }
            return failure.hint(format!("install it: {}", remedy(at_least))).hint(
                "or name the folder of another one with `--pg-bin FOLDER`, `PACKWRIGHT_PG_BIN` or `pg_bin` under `[database]`",
            );
        };
        if found.is_empty() {
            failure = failure.caused_by(format!(
                "there is no {program} in `{}`, named by {by}",
                slashed(folder)
            ));
        }
        failure.hint(format!("name another folder with {by}, or leave it out"))
    }
}

fn remedy(major: u32) -> String {
    if cfg!(target_os = "macos") {
        format!("`brew install postgresql@{major}`")
    } else if cfg!(windows) {
        format!("the installer of PostgreSQL {major} from postgresql.org")
    } else {
        format!(
            "`apt install postgresql-client-{major}` (from apt.postgresql.org where the system has none), or `dnf install postgresql{major}`"
        )
    }
}

/// The program in a folder, when it is one and tells its version.
fn inspect(folder: &Path, name: &str) -> Option<Tool> {
    let program = folder.join(if cfg!(windows) {
        format!("{name}.exe")
    } else {
        name.to_owned()
    });
    let is_there = if cfg!(windows) {
        files::exists(&program)
    } else {
        files::is_executable_file(&program)
    };
    if !is_there {
        return None;
    }
    let told = process::run(&program, &["--version"], Path::new("."), &[]).ok()?;
    let version = version_in(&told.stdout)?;
    Some(Tool {
        program,
        major: major(&version)?,
        version,
    })
}

/// `18.4` of `pg_dump (PostgreSQL) 18.4 (Debian 18.4-1.pgdg12+1)`.
fn version_in(told: &str) -> Option<String> {
    let rest = &told[told.find(|letter: char| letter.is_ascii_digit())?..];
    rest.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_whoever_built_it() {
        assert_eq!(
            version_in("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n").as_deref(),
            Some("15.18")
        );
        assert_eq!(
            version_in("pg_dump (PostgreSQL) 19devel").as_deref(),
            Some("19devel")
        );
        assert_eq!(version_in("no such thing"), None);
    }

    #[test]
    fn what_is_missing_is_named_with_its_remedy() {
        let search = Search::default();
        let failure = search.missing("pg_dump", 18, "the server is PostgreSQL", &[]);
        assert_eq!(
            failure.message,
            "the server is PostgreSQL 18: this needs pg_dump 18 or newer"
        );
        assert!(failure.hints.len() == 2, "{failure:?}");
        let old = Tool {
            program: "a/pg_dump".into(),
            version: "15.18".to_owned(),
            major: 15,
        };
        let failure = search.missing("pg_dump", 18, "the server is PostgreSQL", &[old]);
        assert!(failure.causes[0].contains("15.18 at `a/pg_dump`"), "{failure:?}");
    }
}
