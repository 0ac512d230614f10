//! The edges: the only rooms that touch the world, one third party each.
//!
//! Environment variables are not read here: `cli` reads them once and passes values on.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the room where disk, network, clock and processes are allowed"
)]

pub mod clock;
pub mod files;
pub mod host;
pub mod http;
pub mod lock;
pub mod mapped;
pub mod models;
