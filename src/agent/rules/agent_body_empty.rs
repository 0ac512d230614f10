use crate::agent::Agent;
use crate::lint::{Report, rule};

rule! {
    /// The agent has no text after its front matter.
    ///
    /// The text is its system prompt: without one it knows nothing but the task it is given.
    ///
    /// ```markdown bad
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// ---
    ///
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// Source: Claude Code documentation, "Subagents", read 2026-08-22.
    "agent-body-empty", Suspicious, "0.1.0", Agent, check
}

fn check(agent: &Agent, report: &mut Report<'_>) {
    let page = &agent.page;
    if page.has_fields() && page.body().trim().is_empty() {
        report
            .at(&page.source, page.head(), "the agent has no prompt")
            .help("say after the front matter what the agent is, how it works and what it answers");
    }
}
