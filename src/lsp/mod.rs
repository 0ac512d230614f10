//! The language server: the linter in an editor. This room knows the protocol and calls the domains.
//!
//! ```text
//! wire → server → session ─→ lint (skills, agents, settings) → diagnostics → wire
//!                    └→ actions, hover, complete, definition, rename, symbols
//! ```
//!
//! It is synchronous and waits for nobody: one thread reads messages, one works through them.

mod actions;
mod allowing;
mod buffers;
mod client;
mod complete;
mod definition;
mod diagnostics;
mod edits;
mod hover;
mod lint;
mod naming;
mod position;
mod rename;
mod repository;
mod server;
mod session;
mod symbols;
mod uri;
mod wire;

pub use server::{Ending, serve};
