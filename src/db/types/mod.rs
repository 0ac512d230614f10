//! `db types`: the types of a live schema as source code.
//!
//! A column's type is first made out without regard to any language ([`shape`]), then written by one file for each language. The
//! output depends on nothing but the schema and the options: no time, no host, no version.

mod python;
mod rust;
mod shape;
mod typescript;
mod words;

use super::schema::Schema;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    TypeScript,
    Rust,
    Python,
}

impl Language {
    /// `typescript`, `rust` or `python`.
    pub fn name(self) -> &'static str {
        match self {
            Self::TypeScript => "typescript",
            Self::Rust => "rust",
            Self::Python => "python",
        }
    }
}

/// Whose dates Rust gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dates {
    Chrono,
    Jiff,
    Text,
}

/// What the classes of Python are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Classes {
    Dataclass,
    Pydantic,
}

/// What can be chosen.
#[derive(Debug, Clone)]
pub struct Options {
    pub language: Language,
    pub dates: Dates,
    /// Rust: UUIDs and decimals as texts, so that no other crate is needed for them.
    pub plain: bool,
    /// Rust: derive what `sqlx` needs to read and bind.
    pub sqlx: bool,
    pub classes: Classes,
    /// The options of the command line that led here, for the first line.
    pub command_line: String,
}

/// What was written and how much it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    pub text: String,
    pub relations: usize,
    pub types: usize,
}

/// Writes the code of a schema.
pub fn write(schema: &Schema, options: &Options) -> Code {
    let text = match options.language {
        Language::TypeScript => typescript::write(schema, options),
        Language::Rust => rust::write(schema, options),
        Language::Python => python::write(schema, options),
    };
    Code {
        text,
        relations: schema.relations.len(),
        types: schema.types.iter().filter(|one| !one.is_of_extension).count(),
    }
}
