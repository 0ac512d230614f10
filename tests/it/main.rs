//! The integration tests: one binary, one module per command group, each test in a sandbox of its own.

mod db;
mod house;
mod postgres;
mod sandbox;
mod shell;
mod skill;
