//! The marketplace: from `packwright.toml` to manifests, a published place, and back onto someone's disk.

// pure
pub mod tree;
pub mod reserved;
pub mod range;
pub mod shape;
pub mod fields;
pub mod plugin;
pub mod catalog;
pub mod source;
pub mod skills_lock;
pub mod rules;
pub mod digest;
pub mod version;
pub mod shipping;
pub mod manifest;
pub mod found;
pub mod index;
pub mod lock;
// what a repository holds, and the commands
mod find;
pub mod lint;
pub mod packs;
pub mod init;
pub mod build;
pub mod publish;
pub mod install;

pub use find::{Found, folder_of, found_at, found_in, is_named, overlaid};
