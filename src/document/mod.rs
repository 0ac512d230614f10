//! Machines for documents: bytes in, structure with spans out. They know nothing of skills and never fail; what they cannot
//! read they say in words.

pub mod blocks;
pub mod code;
pub mod csv;
mod flat_yaml;
pub mod front_matter;
pub mod json;
pub mod markdown;
pub mod script;
pub mod shell;
pub mod sql;
pub mod tokens;
pub mod tree;
pub mod yaml;
