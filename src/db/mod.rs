//! The database of a project: its migrations, from files to history.
//!
//! [`migrations`], [`checksum`], [`plan`] and [`script`] are pure: they look at files that were read and at a history that was read.
//! [`history`] and `run` talk to the database, and [`migrate`] puts them together, a function for each subcommand.

pub mod checksum;
mod doubt;
pub mod history;
pub mod migrate;
pub mod migrations;
pub mod plan;
mod run;
pub mod script;
