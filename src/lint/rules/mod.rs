//! Rules about inline allows themselves.

use super::Rule;
use super::allow::Allows;

mod allow_unknown_rule;
mod allow_unused;
mod allow_without_reason;

/// In the order of their names.
pub const RULES: &[Rule<Allows>] = &[
    allow_unknown_rule::RULE,
    allow_unused::RULE,
    allow_without_reason::RULE,
];
