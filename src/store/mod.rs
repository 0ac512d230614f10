//! The configured database, by URL: SQLite in one file, or a PostgreSQL server.
//!
//! This room opens connections, says in plain words why one cannot be had, and keeps two runs off each other's feet. Which SQL is
//! sent is the business of the domains and stands in `.sql` files, in a folder named after its dialect. packwright's own tables
//! begin with `packwright_`, so that they can share a file with tables of the user.
//!
//! A password is never shown: messages name a database by [`Url`]'s `Display`, which does not hold one.

mod database;
mod lock;
mod pages;
mod patience;
mod pooler;
mod postgres;
mod scratch;
mod sqlite;
mod trouble;
mod url;

pub use database::{Database, Engine};
pub use lock::{Holder, RunLock};
pub use pages::{Copying, copy_pages};
pub use patience::Patience;
pub use postgres::{connect as connect_postgres, listen};
pub use scratch::Scratch;
pub use sqlite::{open_copy, open_frozen};
pub use trouble::{Explain, explain, message_of, remedy, sqlstate};
pub use url::{Access, Url};
