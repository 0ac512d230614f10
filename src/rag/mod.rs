//! Retrieval: documents cut into chunks, embedded, stored, found again and measured.
//!
//! Down to `metrics` everything is pure. `store` speaks SQL; `ingest`, `search` and `eval` are the work of the subcommands.

pub mod embed;
pub mod model;
pub mod chunk;
pub mod quantise;
pub mod scan;
pub mod rank;
pub mod trec;
pub mod beir;
pub mod metrics;
pub mod keywords;
pub mod words;
pub mod store;
pub mod page;
pub mod sources;
pub mod ingest;
pub mod search;
pub mod eval;
