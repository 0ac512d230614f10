//! Rules for skills. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;

use super::Skill;

mod agents_file_in_skill;
mod allowed_tools_commas;
mod allowed_tools_not_text;
mod argument_hint_missing;
mod argument_unused;
mod backslash_path;
mod bash_unrestricted;
mod binary_file;
mod body_over_token_budget;
mod body_too_long;
mod compatibility_not_text;
mod compatibility_too_long;
mod description_angle_brackets;
mod description_keyword_list;
mod description_missing;
mod description_not_third_person;
mod description_on_many_lines;
mod description_over_token_budget;
mod description_placeholder;
mod description_too_long;
mod description_too_short;
mod description_trigger_late;
mod description_without_trigger;
mod empty_body;
mod field_empty;
mod field_ignored_by_client;
mod file_named_without_ending;
mod file_names_differ_in_case;
mod file_unreadable;
mod fork_only_field;
mod home_path;
mod install_metadata;
mod interactive_prompt;
mod key_case;
mod key_outside_spec;
mod license_file_missing;
mod license_not_spdx;
mod license_not_text;
mod link_leaves_skill;
mod link_target_missing;
mod mcp_tool_form;
mod metadata_at_top_level;
mod metadata_nested;
mod metadata_not_a_map;
mod metadata_value_not_text;
mod name_characters;
mod name_differs_from_folder;
mod name_double_hyphen;
mod name_edge_hyphen;
mod name_missing;
mod name_not_ascii;
mod name_reserved;
mod name_too_long;
mod name_vague;
mod named_file_missing;
mod orphan_file;
mod page_too_large;
mod paths_not_globs;
mod plan_fields_missing;
mod plan_incomplete;
mod plan_missing;
mod plan_skill_too_long;
mod plan_without_example;
mod plan_without_references;
mod plan_without_script;
mod positional_in_code;
mod python_dependency_undeclared;
mod readme_in_skill;
mod reference_chain;
mod reference_over_token_budget;
mod reference_without_condition;
mod reference_without_contents;
mod references_over_token_budget;
mod script_not_executable;
mod shebang_missing;
mod shell_without_errexit;
mod side_effect_invocable;
mod skill_file_case;
mod skill_file_unreadable;
mod skill_inside_skill;
mod skill_too_deep;
mod skill_too_large;
mod skill_value;
mod symbolic_link_dangles;
mod tool_not_in_compatibility;
mod unknown_key;
mod unknown_substitution;
mod unknown_tool;
mod unpinned_runner;
mod yaml_flow_style;

/// In the order of their names.
pub const RULES: &[Rule<Skill>] = &[
    agents_file_in_skill::RULE,
    allowed_tools_commas::RULE,
    allowed_tools_not_text::RULE,
    argument_hint_missing::RULE,
    argument_unused::RULE,
    backslash_path::RULE,
    bash_unrestricted::RULE,
    binary_file::RULE,
    body_over_token_budget::RULE,
    body_too_long::RULE,
    compatibility_not_text::RULE,
    compatibility_too_long::RULE,
    description_angle_brackets::RULE,
    description_keyword_list::RULE,
    description_missing::RULE,
    description_not_third_person::RULE,
    description_on_many_lines::RULE,
    description_over_token_budget::RULE,
    description_placeholder::RULE,
    description_too_long::RULE,
    description_too_short::RULE,
    description_trigger_late::RULE,
    description_without_trigger::RULE,
    empty_body::RULE,
    field_empty::RULE,
    field_ignored_by_client::RULE,
    file_named_without_ending::RULE,
    file_names_differ_in_case::RULE,
    file_unreadable::RULE,
    fork_only_field::RULE,
    home_path::RULE,
    install_metadata::RULE,
    interactive_prompt::RULE,
    key_case::RULE,
    key_outside_spec::RULE,
    license_file_missing::RULE,
    license_not_spdx::RULE,
    license_not_text::RULE,
    link_leaves_skill::RULE,
    link_target_missing::RULE,
    mcp_tool_form::RULE,
    metadata_at_top_level::RULE,
    metadata_nested::RULE,
    metadata_not_a_map::RULE,
    metadata_value_not_text::RULE,
    name_characters::RULE,
    name_differs_from_folder::RULE,
    name_double_hyphen::RULE,
    name_edge_hyphen::RULE,
    name_missing::RULE,
    name_not_ascii::RULE,
    name_reserved::RULE,
    name_too_long::RULE,
    name_vague::RULE,
    named_file_missing::RULE,
    orphan_file::RULE,
    page_too_large::RULE,
    paths_not_globs::RULE,
    plan_fields_missing::RULE,
    plan_incomplete::RULE,
    plan_missing::RULE,
    plan_skill_too_long::RULE,
    plan_without_example::RULE,
    plan_without_references::RULE,
    plan_without_script::RULE,
    positional_in_code::RULE,
    python_dependency_undeclared::RULE,
    readme_in_skill::RULE,
    reference_chain::RULE,
    reference_over_token_budget::RULE,
    reference_without_condition::RULE,
    reference_without_contents::RULE,
    references_over_token_budget::RULE,
    script_not_executable::RULE,
    shebang_missing::RULE,
    shell_without_errexit::RULE,
    side_effect_invocable::RULE,
    skill_file_case::RULE,
    skill_file_unreadable::RULE,
    skill_inside_skill::RULE,
    skill_too_deep::RULE,
    skill_too_large::RULE,
    skill_value::RULE,
    symbolic_link_dangles::RULE,
    tool_not_in_compatibility::RULE,
    unknown_key::RULE,
    unknown_substitution::RULE,
    unknown_tool::RULE,
    unpinned_runner::RULE,
    yaml_flow_style::RULE,
];
