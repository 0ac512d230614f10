//! The database of a project: its migrations, from files to history.
//!
//! [`migrations`], [`checksum`], [`plan`] and [`script`] are pure: they look at files that were read and at a history that was read.

pub mod checksum;
pub mod migrations;
pub mod plan;
pub mod script;
