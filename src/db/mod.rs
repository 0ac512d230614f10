//! The database of a project: its migrations, from files to history.
//!
//! ```text
//! folder → migrations (names, pairs, findings)         history → rows and notes
//!                    └──────────── standing ──────────────┘
//!                        plan → script (each file made ready) → run, stepwise → record
//! ```
//!
//! [`names`], [`migrations`], [`checksum`], [`standing`], [`plan`] and [`script`] are pure: they look at what was read. [`migrate`],
//! [`status`] and [`new`] are the subcommands.

mod at_once;
pub mod backup;
pub mod baseline;
mod beyond;
pub mod branch;
pub mod catalog;
pub mod checksum;
pub mod copy;
mod doubt;
pub mod drift;
pub mod effects;
pub mod erd;
mod execute;
pub mod folder;
pub mod foreign;
pub mod history;
pub mod import;
pub mod log;
pub mod migrate;
pub mod migrations;
pub mod names;
pub mod new;
pub mod plan;
pub mod recipe;
pub mod record;
pub mod rehearse;
pub mod renumber;
pub mod repair;
pub mod run;
pub mod schema;
pub mod script;
pub mod seed;
pub mod squash;
pub mod standing;
pub mod status;
pub mod stepwise;
pub mod types;
pub mod verify;
