//! Rules for hooks. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;

use super::{HookFile, Hooks};

mod hook_approves_everything;
mod hook_async_ignored;
mod hook_deletes_whole_tree;
mod hook_event_misspelt;
mod hook_event_unknown;
mod hook_exec_form_command_line;
mod hook_field_missing;
mod hook_field_type;
mod hook_field_unknown;
mod hook_file_without_hooks;
mod hook_if_many_rules;
mod hook_if_not_a_tool_event;
mod hook_malformed;
mod hook_matcher_ignored;
mod hook_matcher_mcp_server;
mod hook_matcher_never_matches;
mod hook_matcher_unknown_value;
mod hook_once_ignored;
mod hook_output_shape;
mod hook_placeholder_unquoted;
mod hook_plugin_root_outside_plugin;
mod hook_runs_foreign_code;
mod hook_script_missing;
mod hook_script_not_executable;
mod hook_slow_prompt;
mod hook_timeout_invalid;
mod hook_timeout_milliseconds;
mod hook_timeout_over_budget;
mod hook_type_unknown;
mod hook_type_unsupported;
mod hook_user_config_in_shell;
mod hook_variable_not_set;

/// Name of the rule on hooks that run what they fetch.
pub const RUNS_FOREIGN_CODE: &str = hook_runs_foreign_code::RULE.about.name;

/// For hooks wherever they stand, in the order of their names.
pub const RULES: &[Rule<Hooks>] = &[
    hook_approves_everything::RULE,
    hook_async_ignored::RULE,
    hook_deletes_whole_tree::RULE,
    hook_event_misspelt::RULE,
    hook_event_unknown::RULE,
    hook_exec_form_command_line::RULE,
    hook_field_missing::RULE,
    hook_field_type::RULE,
    hook_field_unknown::RULE,
    hook_if_many_rules::RULE,
    hook_if_not_a_tool_event::RULE,
    hook_malformed::RULE,
    hook_matcher_ignored::RULE,
    hook_matcher_mcp_server::RULE,
    hook_matcher_never_matches::RULE,
    hook_matcher_unknown_value::RULE,
    hook_once_ignored::RULE,
    hook_output_shape::RULE,
    hook_placeholder_unquoted::RULE,
    hook_plugin_root_outside_plugin::RULE,
    hook_runs_foreign_code::RULE,
    hook_script_missing::RULE,
    hook_script_not_executable::RULE,
    hook_slow_prompt::RULE,
    hook_timeout_invalid::RULE,
    hook_timeout_milliseconds::RULE,
    hook_timeout_over_budget::RULE,
    hook_type_unknown::RULE,
    hook_type_unsupported::RULE,
    hook_user_config_in_shell::RULE,
    hook_variable_not_set::RULE,
];

/// For files of hooks.
pub const FILE_RULES: &[Rule<HookFile>] = &[
    // One so far.
    hook_file_without_hooks::RULE,
];
