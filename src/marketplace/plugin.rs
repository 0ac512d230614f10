//! A plugin as its manifest tells it, or as an entry of a marketplace does: both may hold the same fields.

use crate::document::tree::{Node, Value};
use crate::hook::{Hooks, Place};
use crate::io::listing::Listing;
use crate::manifest::Manifest;
use crate::text::Source;

/// Where a plugin is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// `.claude-plugin/plugin.json`
    Manifest,
    /// An entry of `plugins` in `.claude-plugin/marketplace.json`
    Entry,
}

/// A plugin, read.
#[derive(Debug, Clone)]
pub struct Plugin {
    /// The file; of an entry, the marketplace's file with the entry as its content.
    pub manifest: Manifest,
    /// The files of the plugin's folder; it knows none where the plugin lies elsewhere.
    pub files: Listing,
    pub written: Written,
    /// Whether the marketplace that lists it is the client's vendor's own.
    pub is_listed_officially: bool,
}

/// Where the manifest lies in the plugin's folder.
pub const PLUGIN_FILE: &str = ".claude-plugin/plugin.json";
/// Where a plugin's hooks lie, unless its manifest names more.
pub const HOOK_FILE: &str = "hooks/hooks.json";

impl Plugin {
    /// A plugin by its `plugin.json`.
    pub fn read(source: Source, files: Listing) -> Self {
        Self {
            manifest: Manifest::read(source),
            files,
            written: Written::Manifest,
            is_listed_officially: false,
        }
    }

    pub fn source(&self) -> &Source {
        &self.manifest.source
    }

    /// The fields, when they are readable.
    pub fn object(&self) -> Option<&Node> {
        self.manifest.object()
    }

    /// A field of the object.
    pub fn get(&self, field: &str) -> Option<&Node> {
        self.object()?.get(field)
    }

    /// Hooks that stand in the manifest itself.
    pub fn hooks(&self) -> Vec<Hooks> {
        let Some(hooks) = self.get("hooks") else {
            return Vec::new();
        };
        let maps: Vec<&Node> = match &hooks.value {
            Value::Map(_) => vec![hooks],
            Value::List(items) => items.iter().filter(|item| item.as_map().is_some()).collect(),
            _ => Vec::new(),
        };
        let maps = maps.into_iter().map(|node| Hooks {
            source: self.source().clone(),
            node: node.clone(),
            place: Place::PluginManifest,
            files: self.files.clone(),
        });
        maps.collect()
    }

    /// Whether the vendor of the client says it is theirs. Their names are reserved for them.
    pub fn is_official(&self) -> bool {
        self.is_listed_officially || self.get("author").is_some_and(is_vendor)
    }
}

/// Whether a person is the vendor of the client, by name or address.
pub fn is_vendor(person: &Node) -> bool {
    let text = |field: &str| person.get(field).and_then(Node::as_str).unwrap_or_default();
    text("name").to_ascii_lowercase().starts_with("anthropic") || text("email").ends_with("@anthropic.com")
}

/// What a path in a manifest must lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Folder,
    File,
    Either,
}

/// A field whose value is a path, or paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathField {
    /// With its parent: `experimental.themes`.
    pub name: &'static str,
    pub target: Target,
    /// How the path must end, if it must.
    pub endings: &'static [&'static str],
    /// The folder that is looked in when the field is absent, where the field takes its place.
    pub replaces: Option<&'static str>,
}

const fn path(
    name: &'static str,
    target: Target,
    endings: &'static [&'static str],
    replaces: Option<&'static str>,
) -> PathField {
    PathField {
        name,
        target,
        endings,
        replaces,
    }
}

/// In the order of the documentation, "Component path fields".
pub const PATHS: &[PathField] = &[
    path("skills", Target::Folder, &[], None),
    path("commands", Target::Either, &[], Some("commands")),
    path("agents", Target::File, &[".md"], Some("agents")),
    path("workflows", Target::Either, &[], Some("workflows")),
    path("hooks", Target::File, &[".json"], None),
    path("mcpServers", Target::File, &[".json", ".mcpb", ".dxt"], None),
    path("lspServers", Target::File, &[".json"], None),
    path("outputStyles", Target::Either, &[], Some("output-styles")),
    path("experimental.themes", Target::Either, &[], Some("themes")),
    path(
        "experimental.monitors",
        Target::File,
        &[".json"],
        Some("monitors"),
    ),
    path("themes", Target::Either, &[], Some("themes")),
    path("monitors", Target::File, &[".json"], Some("monitors")),
    path("types", Target::File, &[".d.ts"], None),
];

/// A path that a manifest names.
#[derive(Debug, Clone, Copy)]
pub struct Component<'a> {
    pub field: &'static PathField,
    pub node: &'a Node,
    pub path: &'a str,
}

impl Component<'_> {
    /// Why the path is none that a manifest may name, and what it should be where that is plain.
    pub fn fault(&self) -> Option<(&'static str, Option<String>)> {
        let path = self.path;
        if self.is_remote() || (self.field.name == "skills" && path == ".") {
            return None;
        }
        if path.trim().is_empty() {
            return Some(("is empty", None));
        }
        if path.split(['/', '\\']).any(|part| part == "..") {
            return Some(("leads out of the plugin", None));
        }
        if path.contains('\\') {
            let slashed = path.replace('\\', "/");
            let slashed = if slashed.starts_with("./") {
                slashed
            } else {
                format!("./{slashed}")
            };
            return Some(("has backslashes", Some(slashed)));
        }
        if path.starts_with("./") {
            return None;
        }
        let is_plain = !path.starts_with(['/', '~', '$', '.']) && !path.contains(':');
        Some(("does not begin with `./`", is_plain.then(|| format!("./{path}"))))
    }

    /// Whether a bundle of MCP servers is fetched from a URL.
    pub fn is_remote(&self) -> bool {
        self.field.name == "mcpServers"
            && (self.path.starts_with("https://") || self.path.starts_with("http://"))
            && [".mcpb", ".dxt"].iter().any(|ending| self.path.ends_with(ending))
    }
}

/// The field of an object by its path, such as `experimental.themes`.
pub fn field<'a>(object: &'a Node, name: &str) -> Option<&'a Node> {
    name.split('.').try_fold(object, |node, part| node.get(part))
}

/// Every path that an object of plugin fields names.
pub fn components(object: &Node) -> Vec<Component<'_>> {
    let mut found = Vec::new();
    for path_field in PATHS {
        let Some(value) = field(object, path_field.name) else {
            continue;
        };
        let nodes: Vec<&Node> = match &value.value {
            Value::Scalar { .. } => vec![value],
            Value::List(items) => items.iter().collect(),
            // Commands may be a map whose entries name a file each.
            Value::Map(pairs) if path_field.name == "commands" => pairs
                .iter()
                .filter_map(|(_, command)| command.get("source"))
                .collect(),
            Value::Map(_) | Value::Alias => Vec::new(),
        };
        let texts = nodes.into_iter().filter_map(|node| Some((node, node.as_str()?)));
        found.extend(texts.map(|(node, path)| Component {
            field: path_field,
            node,
            path,
        }));
    }
    found
}
