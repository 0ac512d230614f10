//! packwright: scaffold, lint, link, test and publish skill packs and agent definitions; migrate, ingest and evaluate against
//! their database.
//!
//! This list *is* the architecture. It stands in order of dependency and every `use crate::…` points up it (a test holds that).
//! Down to `config` everything is synchronous, pure, and infallible about its input; only `io` and `store` touch the world.
//! `ARCHITECTURE.md` says what each room is for.

// words: values only
pub mod text;
pub mod diagnostic;
pub mod changes;
pub mod failure;

// machines: know no domain; pure
pub mod document;
pub mod lint;
pub mod scaffold;
pub mod config;
pub mod page;
pub mod manifest;
pub mod security;

// edges: the only rooms that touch the world
pub mod io;
pub mod store;

// the repository around: its settings, found and read
pub mod project;

// domains: one folder per command group; a file is named like its subcommand
pub mod hook;
pub mod skill;
pub mod agent;
pub mod db;
pub mod rag;
pub mod jobs;
pub mod marketplace;
pub mod workspace;

// doors: ways in
pub mod lsp;
pub mod cli;
