//! Hooks: what Claude Code runs by itself at fixed points of a session, wherever they are written down.

pub mod events;
mod handler;
pub mod lint;
pub mod matcher;
pub mod rules;
mod script;

pub use handler::{Group, Handler};
pub use script::Script;

use crate::document::tree::Node;
use crate::io::listing::Listing;
use crate::manifest::Manifest;
use crate::page::Page;
use crate::text::Source;

/// Where hooks are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    SkillFrontMatter,
    AgentFrontMatter,
    /// `hooks/hooks.json`, or another file that `plugin.json` names.
    PluginFile,
    /// `hooks` in `plugin.json` or in an entry of `marketplace.json`.
    PluginManifest,
    /// `.claude/settings.json` or `.claude/settings.local.json`.
    Settings,
}

impl Place {
    /// The placeholder for the folder that [`Hooks::files`] lists.
    pub fn root(self) -> &'static str {
        match self {
            Self::Settings => "CLAUDE_PROJECT_DIR",
            _ => "CLAUDE_PLUGIN_ROOT",
        }
    }

    /// Whether the hooks come with a plugin.
    pub fn is_plugin(self) -> bool {
        matches!(self, Self::PluginFile | Self::PluginManifest)
    }
}

/// Hooks, read: the value of a field `hooks`.
#[derive(Debug, Clone)]
pub struct Hooks {
    pub source: Source,
    /// Event to groups.
    pub node: Node,
    pub place: Place,
    /// The files of the plugin, or of the project for [`Place::Settings`].
    pub files: Listing,
}

impl Hooks {
    /// The hooks in the front matter of a skill or an agent.
    pub fn of_page(page: &Page, place: Place, files: Listing) -> Option<Self> {
        let (_, node) = page.field("hooks")?;
        Some(Self {
            source: page.source.clone(),
            node: node.clone(),
            place,
            files,
        })
    }

    /// The hooks in a file that holds them under `hooks`.
    pub fn of_file(file: &HookFile) -> Option<Self> {
        let node = file.manifest.object()?.get("hooks")?;
        Some(Self {
            source: file.manifest.source.clone(),
            node: node.clone(),
            place: file.place,
            files: file.files.clone(),
        })
    }
}

/// A JSON file that holds hooks: a plugin's `hooks/hooks.json`, or settings.
#[derive(Debug, Clone)]
pub struct HookFile {
    pub manifest: Manifest,
    /// [`Place::PluginFile`] or [`Place::Settings`].
    pub place: Place,
    pub files: Listing,
}

impl HookFile {
    pub fn read(source: Source, place: Place, files: Listing) -> Self {
        Self {
            manifest: Manifest::read(source),
            place,
            files,
        }
    }
}
