use crate::agent::Agent;
use crate::lint::{Report, rule};

rule! {
    /// The agent does not say which tools it may use, and so has all of them.
    ///
    /// An agent that reviews needs no tool that writes. Off by default: most published agents leave the field out on purpose.
    ///
    /// ```markdown bad
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
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
    "agent-inherits-all-tools", Pedantic, "0.1.0", Agent, check
}

fn check(agent: &Agent, report: &mut Report<'_>) {
    let page = &agent.page;
    if page.has_fields() && page.field("tools").is_none() && page.field("disallowedTools").is_none() {
        report
            .at(&page.source, page.head(), "the agent may use every tool")
            .help("name those it needs, for example `tools: Read, Grep, Glob`");
    }
}
