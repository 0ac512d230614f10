//! Rules for agents. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;

use super::Agent;

mod agent_body_empty;
mod agent_bypasses_permissions;
mod agent_color;
mod agent_description_missing;
mod agent_field_ignored_in_plugin;
mod agent_inherits_all_tools;
mod agent_name;
mod agent_name_characters;
mod agent_tool_allowed_and_denied;
mod agent_tools_empty;
mod agent_unknown_field;
mod agent_unknown_tool;
mod agent_value;

/// In the order of their names.
pub const RULES: &[Rule<Agent>] = &[
    agent_body_empty::RULE,
    agent_bypasses_permissions::RULE,
    agent_color::RULE,
    agent_description_missing::RULE,
    agent_field_ignored_in_plugin::RULE,
    agent_inherits_all_tools::RULE,
    agent_name::RULE,
    agent_name_characters::RULE,
    agent_tool_allowed_and_denied::RULE,
    agent_tools_empty::RULE,
    agent_unknown_field::RULE,
    agent_unknown_tool::RULE,
    agent_value::RULE,
];
