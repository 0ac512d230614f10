//! The marketplace: from `packwright.toml` to manifests, a published place, and back onto someone's disk.

pub mod digest;
pub mod manifest;
pub mod shipping;
pub mod tree;
pub mod version;
