use crate::agent::Agent;
use crate::lint::{Report, rule};

rule! {
    /// The agent has the field `tools` and no tool in it.
    ///
    /// Left out, the field means all tools; there and empty it leaves the agent none, so that it can only talk.
    ///
    /// ```markdown bad
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// tools: []
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// tools: Read, Grep
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// Source: Claude Code documentation, "Subagents", read 2026-08-22.
    "agent-tools-empty", Suspicious, "0.1.0", Agent, check
}

fn check(agent: &Agent, report: &mut Report<'_>) {
    let page = &agent.page;
    let Some((key, value)) = page.field("tools") else {
        return;
    };
    let is_empty = value.type_name() == "null"
        || value.as_str().is_some_and(|text| text.trim().is_empty())
        || value.as_list().is_some_and(<[_]>::is_empty);
    if is_empty {
        report
            .at(&page.source, key.span, "`tools` names no tool")
            .help("name the tools the agent needs, or take the field out to give it all of them");
    }
}
