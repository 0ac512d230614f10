//! `manifest.json`: what a backup says of itself, and which files belong to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::counts::Counts;

/// Name of the manifest's file.
pub const MANIFEST: &str = "manifest.json";
/// Its digest, in the form that `sha256sum --check` reads.
pub const SEAL: &str = "manifest.sha256";
/// The catalog, for comparing.
pub const CATALOG: &str = "catalog.json";
/// The copy of a SQLite database.
pub const PAGES: &str = "database.sqlite";
/// The archive of `pg_dump`.
pub const ARCHIVE: &str = "database.dump";

const FORMAT: &str = "packwright-backup";
const VERSION: u32 = 1;

/// A backup in words and numbers. It holds no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub format_version: u32,
    /// Name of its folder.
    pub id: String,
    /// Version of packwright that made it.
    pub packwright: String,
    /// What made the copy: `pg_dump 18.4`, `SQLite 3.51.3`.
    pub tool: String,
    /// UTC, as in `2026-11-21T23:30:15Z`.
    pub taken_at: String,
    /// The same in milliseconds since 1970.
    pub taken_at_unix_ms: u64,
    pub milliseconds: u64,
    pub database: Origin,
    /// Every file but the manifest and its digest.
    pub files: Vec<File>,
    pub catalog: CatalogDigest,
    /// Rows of each table.
    pub tables: Counts,
    /// Versions of the migrations that were applied.
    pub migrations: Vec<i64>,
}

/// What was backed up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// `sqlite` or `postgres`.
    pub engine: String,
    pub name: String,
    /// Host and port of the server; the path of a SQLite file, seen from the folder of the backups.
    pub place: String,
    pub server_version: String,
    /// Of a SQLite database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal_mode: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogDigest {
    pub objects: usize,
    /// Of the catalog's text.
    pub sha256: String,
}

impl Origin {
    /// Whether both are the same database, at whatever version its server is.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.engine, &self.name, &self.place) == (&other.engine, &other.name, &other.place)
    }

    /// The first number of the version.
    pub fn major(&self) -> Option<u32> {
        major(&self.server_version)
    }
}

/// `18` of `18.4`, of `18beta1` and of `pg_dump (PostgreSQL) 18.4 (Debian 18.4-1)`.
pub fn major(version: &str) -> Option<u32> {
    let start = version.find(|letter: char| letter.is_ascii_digit())?;
    let rest = &version[start..];
    let end = rest
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..end].parse().ok()
}

impl Manifest {
    /// The head of a new manifest.
    pub fn new(id: String, tool: String, taken_at: (String, u64), database: Origin) -> Self {
        Self {
            format: FORMAT.to_owned(),
            format_version: VERSION,
            id,
            packwright: env!("CARGO_PKG_VERSION").to_owned(),
            tool,
            taken_at: taken_at.0,
            taken_at_unix_ms: taken_at.1,
            milliseconds: 0,
            database,
            files: Vec::new(),
            catalog: CatalogDigest {
                objects: 0,
                sha256: String::new(),
            },
            tables: BTreeMap::new(),
            migrations: Vec::new(),
        }
    }

    /// Reads a manifest, or says in a clause why it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            format_version: u32,
        }
        let head: Head = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if head.format != FORMAT {
            return Err(format!("its format is `{}`, not `{FORMAT}`", head.format));
        }
        if head.format_version != VERSION {
            return Err(format!(
                "its format is version {}, of which packwright {} knows nothing: use a newer one",
                head.format_version,
                env!("CARGO_PKG_VERSION")
            ));
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        match manifest.files.iter().find(|file| !is_plain(&file.name)) {
            Some(file) => Err(format!("it names the file `{}`, which lies elsewhere", file.name)),
            None => Ok(manifest),
        }
    }

    /// The file that holds the rows.
    pub fn copy(&self) -> &'static str {
        match self.database.engine.as_str() {
            "sqlite" => PAGES,
            _ => ARCHIVE,
        }
    }

    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    pub fn rows(&self) -> u64 {
        self.tables.values().sum()
    }
}

/// Whether a name is that of a file in the folder itself.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\\', ':', '\0']) && !matches!(name, "." | "..")
}

/// The name of a backup: that of its database, as far as file systems like it, and the time in UTC.
pub fn id(database: &str, taken_at: &str) -> String {
    let stem = database.rsplit_once('.').map_or(database, |(stem, _)| stem);
    let mut name: String = stem
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() || letter == '_' {
                letter
            } else {
                '-'
            }
        })
        .take(60)
        .collect();
    if name.trim_matches('-').is_empty() {
        "database".clone_into(&mut name);
    }
    let time: String = taken_at
        .chars()
        .filter(|letter| !matches!(letter, '-' | ':'))
        .collect();
    format!("{}-{time}", name.trim_start_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn manifest() -> Manifest {
        let origin = Origin {
            engine: "postgres".to_owned(),
            name: "shop".to_owned(),
            place: "db.example:5432".to_owned(),
            server_version: "18.4".to_owned(),
            journal_mode: None,
        };
        Manifest::new(
            "shop-1".to_owned(),
            "pg_dump 18.4".to_owned(),
            ("1970-01-01T00:00:00Z".to_owned(), 0),
            origin,
        )
    }

    #[test]
    fn what_is_written_is_read() {
        let text = serde_json::to_vec_pretty(&manifest()).unwrap();
        assert_eq!(Manifest::parse(&text).unwrap(), manifest());
        assert_eq!(manifest().database.major(), Some(18));
    }

    #[test]
    fn other_formats_and_paths_are_refused() {
        let text = serde_json::to_string(&manifest()).unwrap();
        let later = text.replace("\"format_version\":1", "\"format_version\":2");
        assert!(
            Manifest::parse(later.as_bytes())
                .unwrap_err()
                .contains("version 2")
        );
        let other = text.replace("packwright-backup", "tar");
        assert!(Manifest::parse(other.as_bytes()).unwrap_err().contains("`tar`"));
        for name in ["../x", "/x", "a/b", "..", "", "C:x"] {
            let mut wrong = manifest();
            wrong.files.push(File {
                name: name.to_owned(),
                bytes: 0,
                sha256: String::new(),
            });
            let text = serde_json::to_vec(&wrong).unwrap();
            assert!(Manifest::parse(&text).is_err(), "{name}");
        }
    }

    #[test]
    fn names_suit_file_systems() {
        let at = "2026-11-21T23:30:15Z";
        assert_eq!(id("store.db", at), "store-20261121T233015Z");
        assert_eq!(id("my/shop: 1", at), "my-shop--1-20261121T233015Z");
        assert_eq!(id("..", at), "database-20261121T233015Z");
    }

    #[test]
    fn majors_of_versions() {
        assert_eq!(major("18.4"), Some(18));
        assert_eq!(major("17beta2"), Some(17));
        assert_eq!(
            major("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major("none"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), name in "\\PC{0,80}") {
            let _ = Manifest::parse(&bytes);
            let id = id(&name, "2026-11-21T23:30:15Z");
            prop_assert!(is_plain(&id) && !id.starts_with('.'), "{}", id);
        }
    }
}
