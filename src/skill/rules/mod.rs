//! Rules for skills. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;

use super::Skill;

mod backslash_path;
mod body_over_token_budget;
mod body_too_long;
mod context_command_not_read_only;
mod description_angle_brackets;
mod description_missing;
mod description_not_third_person;
mod description_on_many_lines;
mod description_too_long;
mod description_too_short;
mod description_without_trigger;
mod empty_body;
mod hidden_script;
mod key_case;
mod link_leaves_skill;
mod link_target_missing;
mod name_characters;
mod name_differs_from_folder;
mod name_double_hyphen;
mod name_edge_hyphen;
mod name_missing;
mod name_not_ascii;
mod name_reserved;
mod name_too_long;
mod name_vague;
mod orphan_file;
mod reference_chain;
mod skill_file_case;
mod skill_file_unreadable;
mod undeclared_host;

/// In the order of their names.
pub const RULES: &[Rule<Skill>] = &[
    backslash_path::RULE,
    body_over_token_budget::RULE,
    body_too_long::RULE,
    context_command_not_read_only::RULE,
    description_angle_brackets::RULE,
    description_missing::RULE,
    description_not_third_person::RULE,
    description_on_many_lines::RULE,
    description_too_long::RULE,
    description_too_short::RULE,
    description_without_trigger::RULE,
    empty_body::RULE,
    hidden_script::RULE,
    key_case::RULE,
    link_leaves_skill::RULE,
    link_target_missing::RULE,
    name_characters::RULE,
    name_differs_from_folder::RULE,
    name_double_hyphen::RULE,
    name_edge_hyphen::RULE,
    name_missing::RULE,
    name_not_ascii::RULE,
    name_reserved::RULE,
    name_too_long::RULE,
    name_vague::RULE,
    orphan_file::RULE,
    reference_chain::RULE,
    skill_file_case::RULE,
    skill_file_unreadable::RULE,
    undeclared_host::RULE,
];
