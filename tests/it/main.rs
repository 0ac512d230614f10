//! The integration tests: one binary, one module per command group, each test in a sandbox of its own.

mod house;
mod marketplace;
mod sandbox;
mod shell;
