//! Rules for any JSON file that a client reads. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;

use super::Manifest;

mod json_byte_order_mark;
mod json_duplicate_key;
mod json_not_an_object;
mod json_not_utf8;
mod json_syntax;
mod json_too_large;
mod json_unreadable;

/// In the order of their names.
pub const RULES: &[Rule<Manifest>] = &[
    json_byte_order_mark::RULE,
    json_duplicate_key::RULE,
    json_not_an_object::RULE,
    json_not_utf8::RULE,
    json_syntax::RULE,
    json_too_large::RULE,
    json_unreadable::RULE,
];
