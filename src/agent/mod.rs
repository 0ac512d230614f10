//! Agents: subagent definitions, one Markdown file each.

mod find;
pub mod lint;
pub mod new;
pub mod rules;

pub use find::{Found, bytes, find, found_at, found_in, is_named};

use crate::page::Page;
use crate::text::Source;

/// A subagent definition, read.
#[derive(Debug, Clone)]
pub struct Agent {
    pub page: Page,
    /// Name of the file without `.md`.
    pub stem: String,
    pub unreadable: Option<String>,
    /// Whether it ships in a plugin, where some fields are ignored.
    pub in_plugin: bool,
}

impl Agent {
    /// Makes an agent of the bytes of its file, or of the reason why they cannot be read.
    pub fn read(path: &str, bytes: Result<Vec<u8>, String>) -> Self {
        let (bytes, unreadable) = match bytes {
            Ok(bytes) => (bytes, None),
            Err(reason) => (Vec::new(), Some(reason)),
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        Self {
            page: Page::read(Source::from_bytes(path, bytes)),
            stem: name.strip_suffix(".md").unwrap_or(name).to_owned(),
            unreadable,
            in_plugin: false,
        }
    }

    /// Reads what was found on disk. `path` is as findings show it.
    pub fn found(path: &str, found: &Found, bytes: Result<Vec<u8>, String>) -> Self {
        Self {
            in_plugin: found.in_plugin,
            ..Self::read(path, bytes)
        }
    }

    /// The name that clients use, or the file's where the field is not there.
    pub fn name(&self) -> &str {
        self.page.text_field("name").map_or(&self.stem, |(name, _)| name)
    }
}
