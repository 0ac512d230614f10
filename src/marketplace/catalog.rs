//! A marketplace as its catalogue tells it: `.claude-plugin/marketplace.json`.

use std::collections::BTreeMap;

use crate::document::tree::Node;
use crate::io::listing::Listing;
use crate::manifest::Manifest;
use crate::text::Source;

use super::plugin::{Plugin, Written, is_vendor};

/// Where the catalogue lies in a repository.
pub const CATALOG_FILE: &str = ".claude-plugin/marketplace.json";

/// A marketplace, read.
#[derive(Debug, Clone)]
pub struct Marketplace {
    pub manifest: Manifest,
    /// The files of the folder that holds `.claude-plugin`.
    pub files: Listing,
    /// The `plugin.json` of each plugin below that folder, by the plugin's folder (`""` for the root).
    pub plugins: BTreeMap<String, Manifest>,
}

/// One entry of `plugins`.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Any value.
    pub node: &'a Node,
}

impl<'a> Entry<'a> {
    /// The name, when there is one.
    pub fn name(&self) -> Option<&'a str> {
        self.node.get("name")?.as_str()
    }

    /// The value of `source`.
    pub fn source(&self) -> Option<&'a Node> {
        self.node.get("source")
    }

    /// `source` as a path in the marketplace's own repository.
    pub fn local(&self) -> Option<(&'a str, &'a Node)> {
        let node = self.source()?;
        Some((node.as_str()?, node))
    }

    /// The kind of a source that is an object.
    pub fn kind(&self) -> Option<&'a str> {
        self.source()?.get("source")?.as_str()
    }

    /// A string in a source of one of these kinds.
    pub fn text(&self, kinds: &[&str], field: &str) -> Option<(&'a str, &'a Node)> {
        let source = self
            .source()
            .filter(|_| self.kind().is_some_and(|kind| kinds.contains(&kind)))?;
        let node = source.get(field)?;
        Some((node.as_str()?, node))
    }
}

/// The kinds of source that are repositories of git.
pub const GIT: &[&str] = &["github", "url", "git-subdir"];

impl Marketplace {
    pub fn read(source: Source, files: Listing, plugins: BTreeMap<String, Manifest>) -> Self {
        Self {
            manifest: Manifest::read(source),
            files,
            plugins,
        }
    }

    pub fn source(&self) -> &Source {
        &self.manifest.source
    }

    pub fn object(&self) -> Option<&Node> {
        self.manifest.object()
    }

    pub fn get(&self, field: &str) -> Option<&Node> {
        self.object()?.get(field)
    }

    /// The entries that are objects.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let plugins = self.get("plugins").and_then(Node::as_list).unwrap_or_default();
        plugins
            .iter()
            .filter(|node| node.as_map().is_some())
            .map(|node| Entry { node })
    }

    /// `metadata.pluginRoot`, under which bare names are looked for.
    pub fn plugin_root(&self) -> Option<(&str, &Node)> {
        let node = self.get("metadata")?.get("pluginRoot")?;
        Some((node.as_str()?, node))
    }

    /// The folder of an entry's plugin from the marketplace's root, when it lies there and the path is sound. `""` is the root.
    pub fn folder(&self, entry: &Entry<'_>) -> Option<String> {
        let (path, _) = entry.local()?;
        let whole = match path.strip_prefix("./") {
            Some(inside) => inside.to_owned(),
            None if path == "." => String::new(),
            None if !path.contains(['/', '\\']) => format!("{}/{path}", self.plugin_root()?.0),
            None => return None,
        };
        let parts: Vec<&str> = whole
            .split('/')
            .filter(|part| !matches!(*part, "" | "."))
            .collect();
        parts.iter().all(|part| *part != "..").then(|| parts.join("/"))
    }

    /// An entry as the plugin it describes.
    pub fn plugin(&self, entry: &Entry<'_>) -> Plugin {
        let files = match self.folder(entry) {
            Some(folder) => self.files.below(&folder),
            None => Listing::unknown(),
        };
        Plugin {
            manifest: Manifest {
                source: self.source().clone(),
                content: Ok(entry.node.clone()),
            },
            files,
            written: Written::Entry,
            is_listed_officially: self.is_official(),
        }
    }

    /// Whether the vendor of the client says it is theirs. Their names are reserved for them.
    pub fn is_official(&self) -> bool {
        self.get("owner").is_some_and(is_vendor)
    }
}
