//! A `marketplace.json` that someone wrote: read with suspicion, and merged with what is published to the same place.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::text::printable;

use super::manifest::pack_folder;
use super::tree::{is_kebab_name, path_below};

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
    let mut names = BTreeSet::new();
    let mut plugins = Vec::new();
    for raw in manifest.plugins {
        let plugin = read_plugin(raw)?;
        if !names.insert(plugin.name.clone()) {
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
            ("7", "invalid type"),
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
