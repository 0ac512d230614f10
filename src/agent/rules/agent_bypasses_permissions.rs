use crate::agent::Agent;
use crate::lint::{Report, rule};

rule! {
    /// The agent runs with `permissionMode: bypassPermissions`: nothing it does is asked about.
    ///
    /// Whoever installs the pack hands it the machine. Name the tools it needs, or let it ask.
    ///
    /// ```markdown bad
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// permissionMode: bypassPermissions
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// permissionMode: acceptEdits
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// Source: Claude Code documentation, "Subagents", read 2026-08-22.
    "agent-bypasses-permissions", Suspicious, "0.1.0", Agent, check
}

fn check(agent: &Agent, report: &mut Report<'_>) {
    let Some((mode, span)) = agent.page.text_field("permissionMode") else {
        return;
    };
    // A plugin's agent cannot have it: another rule says so.
    if mode == "bypassPermissions" && !agent.in_plugin {
        report
            .at(
                &agent.page.source,
                span,
                "the agent is never asked about anything it does",
            )
            .help("take the line out, or write `acceptEdits` and name its tools");
    }
}
