use crate::agent::Agent;
use crate::lint::{Report, rule};

rule! {
    /// The agent has no description.
    ///
    /// It is what the main agent reads when it decides whom to hand a task to; Claude Code does not load a definition without
    /// one.
    ///
    /// ```markdown bad
    /// ---
    /// name: code-reviewer
    /// ---
    ///
    /// Review the change.
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
    "agent-description-missing", Correctness, "0.1.0", Agent, check, refused_by [ClaudeCode]
}

fn check(agent: &Agent, report: &mut Report<'_>) {
    let page = &agent.page;
    if page.has_fields() && page.text_field("description").is_none() {
        let span = page
            .field("description")
            .map_or(page.head(), |(_, value)| value.span);
        report
            .at(
                &page.source,
                span,
                "the field `description` is missing, empty, or not a string",
            )
            .help("say what the agent does and when to hand it a task");
    }
}
