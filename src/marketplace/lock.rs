//! `packwright.lock`: what is installed, from where, and the digest of every file of it.
//!
//! TOML, ordered, without times, so that the same installation is the same bytes. A lock file that cannot be read or is newer than
//! this packwright is an error and is never written over.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::tree::{check_path, is_kebab_name};

/// Name of the lock file.
pub const FILE_NAME: &str = "packwright.lock";

const VERSION: u32 = 1;

const HEAD: &str = "# Written by `packwright marketplace install`: what is installed, and the SHA-256 of every file of it.\n\
                    # Keep it under version control; do not edit it.\n";

/// How skills come to the folders of the agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// One copy, and links to it.
    Link,
    /// A copy for each agent.
    Copy,
}

/// Where a pack was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// A commit of a repository, and the tag that led there.
    Git {
        url: String,
        commit: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tag: Option<String>,
    },
    /// A folder, relative to the lock file where the two lie near each other.
    Folder { path: String },
}

/// One installed pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedPack {
    pub name: String,
    pub version: String,
    /// Framed tree hash of the pack as it was published, with what is not installed from it.
    pub digest: String,
    pub mode: Mode,
    /// The agents it was installed for.
    pub targets: Vec<String>,
    pub source: Source,
    /// Installed folders of skills, each with its files: path to mode and SHA-256, as in `644 9f86d0…`.
    #[serde(default)]
    pub skills: BTreeMap<String, BTreeMap<String, String>>,
    /// Installed agents: path to mode and SHA-256.
    #[serde(default)]
    pub agents: BTreeMap<String, String>,
    /// Links to the folders: path to the text of the link.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
}

impl LockedPack {
    /// Every path the pack is installed at: folders of skills, agents and links.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        let names = self
            .skills
            .keys()
            .chain(self.agents.keys())
            .chain(self.links.keys());
        names.map(String::as_str)
    }
}

/// Everything that is installed, ordered by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    packs: BTreeMap<String, LockedPack>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    #[serde(default, rename = "pack")]
    packs: Vec<LockedPack>,
}

impl Lock {
    /// Reads a lock file; the error says in words what is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
        let versioned: Versioned = toml::from_str(text).map_err(|error| one_line(&error))?;
        if versioned.version != VERSION {
            return Err(format!(
                "it has version {}; this packwright knows {VERSION}",
                versioned.version
            ));
        }
        let written: Written = toml::from_str(text).map_err(|error| one_line(&error))?;
        let mut lock = Self::default();
        for pack in written.packs {
            check(&pack)?;
            if let Some(twice) = lock.packs.insert(pack.name.clone(), pack) {
                return Err(format!("pack `{}` is there twice", twice.name));
            }
        }
        Ok(lock)
    }

    /// The bytes of the lock file.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        let written = Written {
            version: VERSION,
            packs: self.packs.values().cloned().collect(),
        };
        let text = toml::to_string(&written).map_err(|error| error.to_string())?;
        Ok(format!("{HEAD}{text}").into_bytes())
    }

    pub fn packs(&self) -> impl Iterator<Item = &LockedPack> {
        self.packs.values()
    }

    pub fn get(&self, name: &str) -> Option<&LockedPack> {
        self.packs.get(name)
    }

    /// Puts a pack in the place of the one of the same name.
    pub fn put(&mut self, pack: LockedPack) {
        self.packs.insert(pack.name.clone(), pack);
    }

    /// The pack that is installed at `path`.
    pub fn owner_of(&self, path: &str) -> Option<&LockedPack> {
        self.packs
            .values()
            .find(|pack| pack.places().any(|place| place == path))
    }
}

/// A lock file comes with a repository that someone else may have written: its paths must stay inside and its names be names.
fn check(pack: &LockedPack) -> Result<(), String> {
    if !is_kebab_name(&pack.name) {
        return Err(format!("`{}` is no name of a pack", pack.name));
    }
    let within = |why: String| format!("pack `{}`: {why}", pack.name);
    pack.places().try_for_each(check_path).map_err(within)?;
    let mut files = pack.skills.values().flat_map(BTreeMap::keys);
    files.try_for_each(|path| check_path(path)).map_err(within)
}

fn one_line(error: &toml::de::Error) -> String {
    error.message().replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(name: &str) -> LockedPack {
        LockedPack {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            digest: "sha256:00".to_owned(),
            mode: Mode::Link,
            targets: vec!["claude-code".to_owned()],
            source: Source::Git {
                url: "https://example.org/p".to_owned(),
                commit: "0".repeat(40),
                tag: Some(format!("{name}--v1.0.0")),
            },
            skills: [(
                ".agents/skills/a".to_owned(),
                [("SKILL.md".to_owned(), "644 11".to_owned())].into(),
            )]
            .into(),
            agents: [(".claude/agents/x.md".to_owned(), "644 22".to_owned())].into(),
            links: [(".claude/skills/a".to_owned(), "../../.agents/skills/a".to_owned())].into(),
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_ordered() {
        let mut lock = Lock::default();
        lock.put(pack("b"));
        lock.put(LockedPack {
            source: Source::Folder {
                path: "../m".to_owned(),
            },
            ..pack("a")
        });
        let bytes = lock.bytes().unwrap();
        assert_eq!(Lock::read(&bytes).unwrap(), lock);
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap(), @r#"
        # Written by `packwright marketplace install`: what is installed, and the SHA-256 of every file of it.
        # Keep it under version control; do not edit it.
        version = 1

        [[pack]]
        name = "a"
        version = "1.0.0"
        digest = "sha256:00"
        mode = "link"
        targets = ["claude-code"]

        [pack.source]
        kind = "folder"
        path = "../m"

        [pack.skills.".agents/skills/a"]
        "SKILL.md" = "644 11"

        [pack.agents]
        ".claude/agents/x.md" = "644 22"

        [pack.links]
        ".claude/skills/a" = "../../.agents/skills/a"

        [[pack]]
        name = "b"
        version = "1.0.0"
        digest = "sha256:00"
        mode = "link"
        targets = ["claude-code"]

        [pack.source]
        kind = "git"
        url = "https://example.org/p"
        commit = "0000000000000000000000000000000000000000"
        tag = "b--v1.0.0"

        [pack.skills.".agents/skills/a"]
        "SKILL.md" = "644 11"

        [pack.agents]
        ".claude/agents/x.md" = "644 22"

        [pack.links]
        ".claude/skills/a" = "../../.agents/skills/a"
        "#);
    }

    #[test]
    fn corrupt_newer_and_hostile_lock_files_are_errors() {
        let good = {
            let mut lock = Lock::default();
            lock.put(pack("a"));
            String::from_utf8(lock.bytes().unwrap()).unwrap()
        };
        assert!(Lock::read(good.as_bytes()).is_ok());
        for (bad, why) in [
            (String::new(), "missing field `version`"),
            ("version = 2\nnew = 1\n".to_owned(), "knows 1"),
            ("version = 1\n[[pack]]\n".to_owned(), "missing field"),
            ("version = 1\nextra = 1\n".to_owned(), "unknown field"),
            (good[..good.len() / 2].to_owned(), ""),
            (
                good.replace(".claude/skills/a\"", "../../escape\""),
                "leave its folder",
            ),
            (good.replace("SKILL.md", "../SKILL.md"), "leave its folder"),
            (good.replace(".claude/agents/x.md", "/etc/passwd"), "absolute"),
            (
                good.replace("name = \"a\"", "name = \"../a\""),
                "no name of a pack",
            ),
        ] {
            let fault = Lock::read(bad.as_bytes()).expect_err(&bad);
            assert!(fault.contains(why), "{fault} for\n{bad}");
        }
        assert!(Lock::read(b"\xff\xfe").is_err());
    }
}
