//! Machines for documents: bytes in, structure with spans out. They know nothing of skills and never fail; what they cannot
//! read they say in words.

pub mod blocks;
pub mod code;
pub mod front_matter;
pub mod markdown;
pub mod sql;
pub mod yaml;
