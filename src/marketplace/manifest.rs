//! `.claude-plugin/marketplace.json` and `.claude-plugin/plugin.json`: written from the settings, byte for byte the same every
//! time.
//!
//! Keys and their order follow the plugin marketplace reference of Claude Code.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;
use serde::Serialize;
use serde_json::Value;

use crate::config::{Marketplace, Owner, Pack, Settings};
use crate::text::printable;

use super::reserved;
use super::tree::{check_path, is_kebab_name};

/// Why a marketplace cannot have this name, if it cannot.
pub fn name_fault(name: &str) -> Option<String> {
    if !is_kebab_name(name) {
        let shown = printable(name);
        return Some(format!(
            "`{shown}` is no name in kebab case (1 to 64 of a-z, 0-9 and single inner hyphens)"
        ));
    }
    if reserved::is_ambiguous(name) {
        return Some(format!("`{name}` means something else to clients"));
    }
    reserved::marketplace(name).map(|why| format!("`{name}` {why}"))
}

/// The folder of a pack as paths in manifests have it: `.` or `packs/x`.
pub fn pack_folder(path: &str) -> Result<String, String> {
    let inner = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
    if inner.is_empty() || inner == "." {
        return Ok(".".to_owned());
    }
    check_path(inner).map(|()| inner.to_owned())
}

/// Everything that keeps the settings from becoming manifests.
pub fn faults(settings: &Settings) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some(marketplace) = &settings.marketplace {
        faults.extend(name_fault(&marketplace.name).map(|why| format!("marketplace: {why}")));
        if marketplace.owner.name.trim().is_empty() {
            faults.push("marketplace: the owner has no name".to_owned());
        }
    }
    let mut names = BTreeSet::new();
    let mut folders: BTreeMap<String, &str> = BTreeMap::new();
    for pack in &settings.pack {
        let name = printable(&pack.name);
        if !is_kebab_name(&pack.name) {
            faults.push(format!("pack `{name}`: the name is not in kebab case"));
        }
        if let Some(why) = reserved::plugin(&pack.name) {
            faults.push(format!("pack `{name}` {why}"));
        }
        if !names.insert(&pack.name) {
            faults.push(format!("pack `{name}` is there twice"));
        }
        if let Err(error) = Version::parse(&pack.version) {
            let version = printable(&pack.version);
            faults.push(format!(
                "pack `{name}`: `{version}` is no version such as `1.0.0`: {error}"
            ));
        }
        match pack_folder(&pack.path) {
            Ok(folder) => {
                if let Some(other) = folders.insert(folder, &pack.name) {
                    faults.push(format!("packs `{other}` and `{name}` are in the same folder"));
                }
            }
            Err(why) => faults.push(format!("pack `{name}`: path {why}")),
        }
    }
    for (inner, pack) in &folders {
        let outer = folders
            .iter()
            .find(|(outer, _)| *outer != "." && inner.starts_with(&format!("{outer}/")));
        if let Some((outer, other)) = outer {
            faults.push(format!(
                "pack `{pack}` in `{inner}` lies inside pack `{other}` in `{outer}`"
            ));
        }
    }
    faults
}

#[derive(Serialize)]
struct WrittenMarketplace<'a> {
    name: &'a str,
    owner: &'a Owner,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    plugins: &'a [Value],
}

#[derive(Serialize)]
struct WrittenPlugin<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'a Owner>,
    #[serde(skip_serializing_if = "Option::is_none")]
    homepage: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    keywords: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    skills: Option<Vec<String>>,
}

impl<'a> WrittenPlugin<'a> {
    /// Whoever owns the marketplace is the author of what names none.
    fn of(pack: &'a Pack, owner: &'a Owner) -> Self {
        Self {
            name: &pack.name,
            source: None,
            description: &pack.description,
            version: &pack.version,
            author: Some(pack.author.as_ref().unwrap_or(owner)),
            homepage: pack.homepage.as_deref(),
            repository: pack.repository.as_deref(),
            license: pack.license.as_deref(),
            keywords: &pack.keywords,
            skills: None,
        }
    }
}

/// The bytes of a pack's `plugin.json`.
pub fn plugin(pack: &Pack, owner: &Owner) -> Vec<u8> {
    json(&WrittenPlugin::of(pack, owner))
}

/// The entry of a pack in `marketplace.json`. `folder` is its [`pack_folder`]. A pack at the root names its skills one by one:
/// there the list is complete, so that a folder `skills/` which other packs share is not taken whole.
pub fn entry(pack: &Pack, owner: &Owner, folder: &str, skills: &[String]) -> Value {
    let at_root = folder == ".";
    let written = WrittenPlugin {
        source: Some(if at_root {
            "./".to_owned()
        } else {
            format!("./{folder}")
        }),
        skills: (at_root && !skills.is_empty())
            .then(|| skills.iter().map(|skill| format!("./skills/{skill}")).collect()),
        ..WrittenPlugin::of(pack, owner)
    };
    serde_json::to_value(written).unwrap_or_default()
}

/// The bytes of `marketplace.json`.
pub fn marketplace(marketplace: &Marketplace, plugins: &[Value]) -> Vec<u8> {
    json(&WrittenMarketplace {
        name: &marketplace.name,
        owner: &marketplace.owner,
        description: &marketplace.description,
        plugins,
    })
}

/// Indented by two spaces, with a final line break.
pub fn json(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::found::read;
    use super::*;
    use crate::config;
    use crate::text::Source;

    fn settings(text: &str) -> Settings {
        config::parse(&Source::new("packwright.toml", text)).unwrap()
    }

    fn owner() -> Owner {
        Owner {
            name: "Team".to_owned(),
            ..Owner::default()
        }
    }

    const TWO: &str = r#"
[marketplace]
name = "team-tools"
owner = { name = "Team", email = "team@example.org" }
[[pack]]
name = "root-pack"
version = "1.0.0"
license = "MIT"
[[pack]]
name = "other"
version = "0.2.0"
path = "./packs/other/"
description = "Other things"
keywords = ["a", "b"]
"#;

    #[test]
    fn the_bytes_of_a_marketplace() {
        let settings = settings(TWO);
        assert_eq!(faults(&settings), Vec::<String>::new());
        let entries: Vec<Value> = settings
            .pack
            .iter()
            .map(|pack| {
                entry(
                    pack,
                    &owner(),
                    &pack_folder(&pack.path).unwrap(),
                    &["a".to_owned()],
                )
            })
            .collect();
        let bytes = marketplace(settings.marketplace.as_ref().unwrap(), &entries);
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap(), @r#"
        {
          "name": "team-tools",
          "owner": {
            "name": "Team",
            "email": "team@example.org"
          },
          "plugins": [
            {
              "name": "root-pack",
              "source": "./",
              "version": "1.0.0",
              "author": {
                "name": "Team"
              },
              "license": "MIT",
              "skills": [
                "./skills/a"
              ]
            },
            {
              "name": "other",
              "source": "./packs/other",
              "description": "Other things",
              "version": "0.2.0",
              "author": {
                "name": "Team"
              },
              "keywords": [
                "a",
                "b"
              ]
            }
          ]
        }
        "#);
        insta::assert_snapshot!(String::from_utf8(plugin(&settings.pack[1], &owner())).unwrap(), @r#"
        {
          "name": "other",
          "description": "Other things",
          "version": "0.2.0",
          "author": {
            "name": "Team"
          },
          "keywords": [
            "a",
            "b"
          ]
        }
        "#);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let settings = settings(TWO);
        let entries: Vec<Value> = settings
            .pack
            .iter()
            .map(|pack| {
                entry(
                    pack,
                    &owner(),
                    &pack_folder(&pack.path).unwrap(),
                    &["a".to_owned()],
                )
            })
            .collect();
        let found = read(&marketplace(settings.marketplace.as_ref().unwrap(), &entries)).unwrap();
        assert_eq!(found.name, "team-tools");
        assert_eq!(found.plugins[0].folder, Ok(".".to_owned()));
        assert_eq!(found.plugins[0].skills, Some(vec!["skills/a".to_owned()]));
        assert_eq!(found.plugins[1].folder, Ok("packs/other".to_owned()));
        assert_eq!(found.plugins[1].skills, None);
        assert_eq!(found.plugins[1].version.as_deref(), Some("0.2.0"));
    }

    #[test]
    fn settings_that_make_no_marketplace_are_faults() {
        let bad = settings(
            "[marketplace]\nname = \"agent-skills\"\nowner = { name = \" \" }\n\
             [[pack]]\nname = \"Bad Name\"\nversion = \"1.0\"\npath = \"../up\"\n\
             [[pack]]\nname = \"a\"\nversion = \"1.0.0\"\npath = \"p\"\n\
             [[pack]]\nname = \"a\"\nversion = \"1.0.0\"\npath = \"p/q\"\n",
        );
        let found = faults(&bad).join("\n");
        for part in [
            "reserved for",
            "owner has no name",
            "not in kebab case",
            "no version such as",
            "could leave its folder",
            "`a` is there twice",
            "lies inside pack",
        ] {
            assert!(found.contains(part), "{part} in\n{found}");
        }
        assert!(name_fault("official-claude-plugins").is_some());
        assert!(name_fault("claudette-tools").is_none());
    }
}
