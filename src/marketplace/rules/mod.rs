//! Rules for manifests: of plugins, of marketplaces, and of what was installed from elsewhere.

pub mod catalog;
pub mod lock;
pub mod plugin;
