//! Rules for skills. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;

use super::Skill;

mod agents_file_in_skill;
mod assertion_exact_phrase;
mod assertion_vague;
mod backslash_path;
mod binary_file;
mod body_over_token_budget;
mod body_too_long;
mod description_angle_brackets;
mod description_missing;
mod description_not_third_person;
mod description_on_many_lines;
mod description_too_long;
mod description_too_short;
mod description_without_trigger;
mod empty_body;
mod eval_file_missing;
mod eval_id_repeated;
mod eval_shape;
mod eval_skill_name;
mod eval_syntax;
mod eval_without_assertions;
mod evals_too_few;
mod file_named_in_other_case;
mod file_named_without_ending;
mod file_names_differ_in_case;
mod file_unreadable;
mod home_path;
mod interactive_prompt;
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
mod named_file_missing;
mod orphan_file;
mod page_too_large;
mod python_dependency_undeclared;
mod readme_in_skill;
mod reference_chain;
mod script_not_executable;
mod shebang_missing;
mod shell_without_errexit;
mod skill_file_case;
mod skill_file_unreadable;
mod skill_inside_skill;
mod skill_too_deep;
mod skill_too_large;
mod skill_without_evals;
mod symbolic_link_dangles;
mod tool_not_in_compatibility;
mod trigger_set_unbalanced;
mod unpinned_runner;

/// In the order of their names.
pub const RULES: &[Rule<Skill>] = &[
    agents_file_in_skill::RULE,
    assertion_exact_phrase::RULE,
    assertion_vague::RULE,
    backslash_path::RULE,
    binary_file::RULE,
    body_over_token_budget::RULE,
    body_too_long::RULE,
    description_angle_brackets::RULE,
    description_missing::RULE,
    description_not_third_person::RULE,
    description_on_many_lines::RULE,
    description_too_long::RULE,
    description_too_short::RULE,
    description_without_trigger::RULE,
    empty_body::RULE,
    eval_file_missing::RULE,
    eval_id_repeated::RULE,
    eval_shape::RULE,
    eval_skill_name::RULE,
    eval_syntax::RULE,
    eval_without_assertions::RULE,
    evals_too_few::RULE,
    file_named_in_other_case::RULE,
    file_named_without_ending::RULE,
    file_names_differ_in_case::RULE,
    file_unreadable::RULE,
    home_path::RULE,
    interactive_prompt::RULE,
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
    named_file_missing::RULE,
    orphan_file::RULE,
    page_too_large::RULE,
    python_dependency_undeclared::RULE,
    readme_in_skill::RULE,
    reference_chain::RULE,
    script_not_executable::RULE,
    shebang_missing::RULE,
    shell_without_errexit::RULE,
    skill_file_case::RULE,
    skill_file_unreadable::RULE,
    skill_inside_skill::RULE,
    skill_too_deep::RULE,
    skill_too_large::RULE,
    skill_without_evals::RULE,
    symbolic_link_dangles::RULE,
    tool_not_in_compatibility::RULE,
    trigger_set_unbalanced::RULE,
    unpinned_runner::RULE,
];
