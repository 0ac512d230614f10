//! Everything below some paths that there is a rule for, linted in one go: found by one walk, read once, remembered between runs,
//! and looked at as a whole in the end.

mod cache;
mod card;
mod likeness;
pub mod listing;
pub mod lint;
pub mod rules;
mod survey;

pub use cache::Cache;
pub use card::{Card, Catalog, Embed, Kind};
pub use survey::{Scope, Survey, Unit};
