//! Rules for agents. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;

use super::Agent;

mod agent_description_missing;
mod agent_name;
mod agent_tool_allowed_and_denied;
mod agent_unknown_tool;
mod agent_value;

/// In the order of their names.
pub const RULES: &[Rule<Agent>] = &[
    agent_description_missing::RULE,
    agent_name::RULE,
    agent_tool_allowed_and_denied::RULE,
    agent_unknown_tool::RULE,
    agent_value::RULE,
];
