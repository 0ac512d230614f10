//! The integration tests: one binary, one module per command group, each test in a sandbox of its own.
#![expect(
    clippy::disallowed_methods,
    reason = "tests prepare and look at the world from outside"
)]
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod ci;
mod conformance;
mod db;
mod house;
mod hub;
mod init;
mod jobs;
mod link;
mod lint;
mod lsp;
mod marketplace;
mod model;
mod postgres;
mod precision;
mod rag;
mod readme;
mod report;
mod robust;
mod sandbox;
mod shell;
mod skill;
