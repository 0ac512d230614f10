//! The edges: the only rooms that touch the world, one third party each.
//!
//! Environment variables are not read here: `cli` reads them once and passes values on.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the room where disk, network, clock and processes are allowed"
)]

mod apply;
pub mod child;
pub mod clock;
pub mod files;
pub mod folders;
pub mod git;
pub mod hashed;
pub mod host;
pub mod http;
pub mod listing;
pub mod lock;
pub mod mapped;
pub mod models;
mod pip;
pub mod pipe;
pub mod placement;
pub mod process;
