//! Rules for any Markdown file with front matter. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;

use super::Page;

mod byte_order_mark;
mod code_block_too_long;
mod code_does_not_parse;
mod control_character;
mod crlf_line_endings;
mod directive_repeated;
mod duplicate_key;
mod emphasis_inflation;
mod filler_phrase;
mod front_matter_missing;
mod front_matter_not_a_map;
mod front_matter_syntax;
mod front_matter_too_complex;
mod front_matter_unclosed;
mod hedged_instruction;
mod instruction_for_a_hook;
mod loop_without_stop;
mod not_utf8;
mod placeholder_left;
mod policy_banned_word;
mod policy_field_forbidden;
mod policy_field_missing;
mod policy_pattern;
mod policy_too_long;
mod policy_value;
mod prohibition_without_alternative;
mod retired_model;
mod section_too_long;
mod tab_in_front_matter;
mod tag_unbalanced;
mod time_sensitive;
mod unclosed_fence;
mod unquoted_colon;
mod vague_instruction;
mod yaml_alias;
mod yaml_tag;

/// In the order of their names.
pub const RULES: &[Rule<Page>] = &[
    byte_order_mark::RULE,
    code_block_too_long::RULE,
    code_does_not_parse::RULE,
    control_character::RULE,
    crlf_line_endings::RULE,
    directive_repeated::RULE,
    duplicate_key::RULE,
    emphasis_inflation::RULE,
    filler_phrase::RULE,
    front_matter_missing::RULE,
    front_matter_not_a_map::RULE,
    front_matter_syntax::RULE,
    front_matter_too_complex::RULE,
    front_matter_unclosed::RULE,
    hedged_instruction::RULE,
    instruction_for_a_hook::RULE,
    loop_without_stop::RULE,
    not_utf8::RULE,
    placeholder_left::RULE,
    policy_banned_word::RULE,
    policy_field_forbidden::RULE,
    policy_field_missing::RULE,
    policy_pattern::RULE,
    policy_too_long::RULE,
    policy_value::RULE,
    prohibition_without_alternative::RULE,
    retired_model::RULE,
    section_too_long::RULE,
    tab_in_front_matter::RULE,
    tag_unbalanced::RULE,
    time_sensitive::RULE,
    unclosed_fence::RULE,
    unquoted_colon::RULE,
    vague_instruction::RULE,
    yaml_alias::RULE,
    yaml_tag::RULE,
];

/// Those of them that hold for any page, whatever stands at its head: a skill's references.
pub const REFERENCE_RULES: &[Rule<Page>] = &[code_does_not_parse::RULE];
