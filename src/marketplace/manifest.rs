//! `.claude-plugin/marketplace.json` and `.claude-plugin/plugin.json`: written from the settings, byte for byte the same every
//! time, and read back from anywhere.
//!
//! Keys and their order follow the plugin marketplace reference of Claude Code.

use std::collections::BTreeMap;

use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::{Marketplace, Owner, Pack, Settings};
use crate::text::printable;

use super::tree::{check_path, is_kebab_name, path_below};

/// Names that the clients keep for themselves or refuse when a marketplace is added. `claude plugin validate` lets some of
/// them pass.
const RESERVED: &[&str] = &[
    "agent-skills",
    "anthropic-agent-skills",
    "anthropic-marketplace",
    "anthropic-plugin-directory",
    "anthropic-plugins",
    "builtin",
    "cargo",
    "claude-code-marketplace",
    "claude-code-plugins",
    "claude-community",
    "claude-for-financial-services",
    "claude-for-legal",
    "claude-plugin-directory",
    "claude-plugins-community",
    "claude-plugins-official",
    "claude-tag-plugins",
    "financial-services-plugins",
    "first-party-plugins",
    "gh",
    "github",
    "healthcare",
    "inline",
    "knowledge-work-plugins",
    "life-sciences",
    "npm",
    "org",
    "org-provisioned",
    "pip",
    "skills-dir",
    "synced",
    "unknown",
    "uv",
];

/// Words that make a marketplace look like the vendor's own.
const IMPERSONATING: &[&str] = &["anthropic", "claude", "official"];

/// Why a marketplace cannot have this name, if it cannot.
pub fn name_fault(name: &str) -> Option<String> {
    if !is_kebab_name(name) {
        let shown = printable(name);
        return Some(format!(
            "`{shown}` is no name in kebab case (1 to 64 of a-z, 0-9 and single inner hyphens)"
        ));
    }
    if RESERVED.contains(&name) {
        return Some(format!("`{name}` is a name that clients keep for themselves"));
    }
    let word = name.split('-').find(|word| IMPERSONATING.contains(word))?;
    Some(format!(
        "`{name}` looks like a marketplace of the vendor: it holds the word `{word}`"
    ))
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
    let mut names = BTreeMap::new();
    let mut folders: BTreeMap<String, &str> = BTreeMap::new();
    for pack in &settings.pack {
        let name = printable(&pack.name);
        if !is_kebab_name(&pack.name) {
            faults.push(format!("pack `{name}`: the name is not in kebab case"));
        }
        if names.insert(&pack.name, ()).is_some() {
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

/// A `marketplace.json` as it was found.
#[derive(Debug, Clone)]
pub struct Found {
    pub name: String,
    pub plugins: Vec<FoundPlugin>,
}

/// One entry of it.
#[derive(Debug, Clone)]
pub struct FoundPlugin {
    pub name: String,
    pub version: Option<String>,
    /// Where it lies in the marketplace (`.` or a folder), or why packwright cannot take it from there.
    pub folder: Result<String, String>,
    /// The skills it names, relative to its folder; nothing when it names none and all of `skills/` are meant.
    pub skills: Option<Vec<String>>,
    /// The entry as it stands in the file.
    pub raw: Value,
}

/// The largest manifest that is read, in bytes.
const LARGEST_MANIFEST: usize = 4 * 1024 * 1024;

/// Reads a `marketplace.json`; the error says in words what is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Found, String> {
    #[derive(Deserialize)]
    struct Manifest {
        name: String,
        plugins: Vec<Value>,
    }
    if bytes.len() > LARGEST_MANIFEST {
        return Err(format!(
            "it is {} bytes; the limit is {LARGEST_MANIFEST}",
            bytes.len()
        ));
    }
    let manifest: Manifest = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let mut names = BTreeMap::new();
    let mut plugins = Vec::new();
    for raw in manifest.plugins {
        let plugin = read_plugin(raw)?;
        if names.insert(plugin.name.clone(), ()).is_some() {
            return Err(format!("plugin `{}` is there twice", plugin.name));
        }
        plugins.push(plugin);
    }
    Ok(Found {
        name: manifest.name,
        plugins,
    })
}

fn read_plugin(raw: Value) -> Result<FoundPlugin, String> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    #[derive(Deserialize)]
    struct Entry {
        name: String,
        source: Value,
        version: Option<String>,
        skills: Option<OneOrMany>,
    }
    let entry = Entry::deserialize(&raw).map_err(|error| format!("an entry of `plugins`: {error}"))?;
    let shown = printable(&entry.name).into_owned();
    if !is_kebab_name(&entry.name) {
        return Err(format!("plugin `{shown}`: the name is not in kebab case"));
    }
    let skills = match entry.skills {
        None => None,
        Some(listed) => {
            let listed = match listed {
                OneOrMany::One(path) => vec![path],
                OneOrMany::Many(paths) => paths,
            };
            let checked = listed.iter().map(|path| pack_folder(path));
            Some(
                checked
                    .collect::<Result<Vec<String>, String>>()
                    .map_err(|why| format!("plugin `{shown}`: skill {why}"))?,
            )
        }
    };
    let folder = match &entry.source {
        Value::String(path) if path.starts_with("./") || path == "." => {
            Ok(pack_folder(path).map_err(|why| format!("plugin `{shown}`: source {why}"))?)
        }
        Value::String(path) => {
            let path = printable(path);
            return Err(format!(
                "plugin `{shown}`: source `{path}` does not begin with `./`"
            ));
        }
        Value::Object(fields) => {
            let kind = fields
                .get("source")
                .and_then(Value::as_str)
                .unwrap_or("an unknown kind");
            Err(format!(
                "its source is `{}`, outside the marketplace",
                printable(kind)
            ))
        }
        _ => return Err(format!("plugin `{shown}`: source is neither text nor a table")),
    };
    Ok(FoundPlugin {
        name: entry.name,
        version: entry.version,
        folder,
        skills,
        raw,
    })
}

/// Whether a pack in `folder` leaves no room for `plugin`.
fn takes(folder: &str, plugin: &FoundPlugin) -> bool {
    let Ok(other) = &plugin.folder else {
        return false;
    };
    other == folder || folder != "." && path_below(other, folder).is_some()
}

/// The entries of a marketplace after a publication: those of `published` in their order, with the ones of the same name in
/// `ours` put in their place, and the rest of `ours` behind them. An entry whose folder one of `ours` takes is dropped.
pub fn merged(published: &[FoundPlugin], ours: &[(String, String, Value)]) -> Vec<Value> {
    let mut plugins = Vec::new();
    for plugin in published {
        if let Some((_, _, entry)) = ours.iter().find(|(name, _, _)| *name == plugin.name) {
            plugins.push(entry.clone());
        } else if !ours.iter().any(|(_, folder, _)| takes(folder, plugin)) {
            plugins.push(plugin.raw.clone());
        }
    }
    for (name, _, entry) in ours {
        if !published.iter().any(|plugin| plugin.name == *name) {
            plugins.push(entry.clone());
        }
    }
    plugins
}

#[cfg(test)]
mod tests {
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
            "keep for themselves",
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

    #[test]
    fn hostile_manifests_are_refused_in_words() {
        let with = |plugin: &str| format!(r#"{{"name":"m","owner":{{"name":"o"}},"plugins":[{plugin}]}}"#);
        for (plugin, why) in [
            (r#"{"name":"../../etc","source":"./x"}"#, "kebab case"),
            (r#"{"name":"a","source":"/etc"}"#, "does not begin"),
            (r#"{"name":"a","source":"x"}"#, "does not begin"),
            (r#"{"name":"a","source":"./../x"}"#, "leave its folder"),
            (r#"{"name":"a","source":"./x/../../y"}"#, "leave its folder"),
            (r#"{"name":"a","source":"./x\\y"}"#, "store"),
            (
                r#"{"name":"a","source":"./x","skills":["./../../y"]}"#,
                "leave its folder",
            ),
            (r#"{"name":"a","source":"./x","skills":["/y"]}"#, "absolute"),
            (r#"{"name":"a","source":7}"#, "neither"),
            (
                r#"{"name":"a","source":"./x"},{"name":"a","source":"./y"}"#,
                "twice",
            ),
            (r#"{"name":"a","name":"b"}"#, "missing field"),
            (r#"7"#, "invalid type"),
        ] {
            let fault = read(with(plugin).as_bytes()).expect_err(plugin);
            assert!(fault.contains(why), "{plugin}: {fault}");
        }
        assert!(read(b"").is_err());
        assert!(read(b"[1]").is_err());
        assert!(read("[".repeat(100_000).as_bytes()).is_err());
        let elsewhere =
            read(with(r#"{"name":"a","source":{"source":"github","repo":"o/r"}}"#).as_bytes()).unwrap();
        assert!(elsewhere.plugins[0].folder.is_err());
    }

    #[test]
    fn a_publication_replaces_its_own_entries_and_keeps_the_others_in_order() {
        let published = read(
            br#"{"name":"m","plugins":[{"name":"a","source":"./a"},{"name":"b","source":"./b"},{"name":"c","source":"./old"}]}"#,
        )
        .unwrap();
        let ours = ["b", "d"].map(|name| {
            let folder = if name == "d" { "old" } else { name };
            (
                name.to_owned(),
                folder.to_owned(),
                serde_json::json!({"name": name, "new": true}),
            )
        });
        let names: Vec<String> = merged(&published.plugins, &ours)
            .iter()
            .map(|entry| {
                format!(
                    "{}{}",
                    entry["name"].as_str().unwrap(),
                    entry.get("new").map_or("", |_| "!")
                )
            })
            .collect();
        assert_eq!(names, ["a", "b!", "d!"]);
    }
}
