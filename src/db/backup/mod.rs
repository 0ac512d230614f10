//! `db backup`, `db verify-backup`, `db restore`: a copy of the database in a folder of its own, and the way back.
//!
//! ```text
//! database ─ one moment ─┬─ copy of pages, or pg_dump ─┐
//!                        ├─ catalog, rows per table ───┼─ draft ─ rename ─→ shelf ─ retention
//!                        └─ applied versions ──────────┘             │
//!                                            verify, restore, drill ←┘
//! ```
//!
//! A backup is a folder: the copy, the catalog, and a manifest that knows size and SHA-256 of each file, the catalog's digest and the
//! rows of each table, all of the same moment as the copy. [`manifest`], [`keep`] and [`counts`]' comparison are pure.

mod archive;
pub mod counts;
mod dump;
pub mod keep;
mod load;
pub mod manifest;
mod pages;
pub mod restore;
pub mod shelf;
pub mod take;
pub mod tools;
pub mod verify;
