//! Rules for manifests: of plugins, and of marketplaces.

pub mod catalog;
pub mod plugin;
