//! Rules for any Markdown file with front matter. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;

use super::Page;

mod byte_order_mark;
mod claims_to_be_official;
mod control_character;
mod crlf_line_endings;
mod duplicate_key;
mod front_matter_missing;
mod front_matter_not_a_map;
mod front_matter_syntax;
mod front_matter_too_complex;
mod front_matter_unclosed;
mod not_utf8;
mod tab_in_front_matter;
mod unclosed_fence;
mod unquoted_colon;
mod yaml_alias;

/// In the order of their names.
pub const RULES: &[Rule<Page>] = &[
    byte_order_mark::RULE,
    claims_to_be_official::RULE,
    control_character::RULE,
    crlf_line_endings::RULE,
    duplicate_key::RULE,
    front_matter_missing::RULE,
    front_matter_not_a_map::RULE,
    front_matter_syntax::RULE,
    front_matter_too_complex::RULE,
    front_matter_unclosed::RULE,
    not_utf8::RULE,
    tab_in_front_matter::RULE,
    unclosed_fence::RULE,
    unquoted_colon::RULE,
    yaml_alias::RULE,
];
