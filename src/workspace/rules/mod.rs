//! Rules about a repository as a whole. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;

use super::Catalog;

mod duplicate_skill_name;

/// In the order of their names.
pub const RULES: &[Rule<Catalog>] = &[duplicate_skill_name::RULE];
