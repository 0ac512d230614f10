//! The database of a project: its migrations, from files to history.
//!
//! [`migrations`], [`checksum`] and [`plan`] are pure: they read files that were read, and compare them with a history that was
//! read. `history` and `run` talk SQL; [`migrate`] puts them together, a function for each subcommand.

pub mod checksum;
pub mod migrations;
