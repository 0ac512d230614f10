use crate::agent::Agent;
use crate::lint::{Report, rule};
use crate::page::values;

rule! {
    /// `color` is none of the colours that Claude Code shows agents in.
    ///
    /// The agent works, in a colour that the client picks: nothing tells that the field was for naught. Hexadecimal values and the names
    /// of other tools' palettes, such as `gold`, are what public agents have here.
    ///
    /// ```markdown bad
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// color: "#10B981"
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// color: green
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// Source: Claude Code documentation, "Subagents", read 2026-08-22.
    "agent-color", Suspicious, "0.2.0", Agent, check
}

fn check(agent: &Agent, report: &mut Report<'_>) {
    let Some((_, value)) = agent.page.field("color") else {
        return;
    };
    if !value.as_text().is_some_and(|text| values::COLORS.contains(&text)) {
        let source = &agent.page.source;
        let message = format!("agents are not shown in `{}`", source.slice(value.span).trim());
        report
            .at(source, value.span, message)
            .help(format!("one of {}", values::COLORS.join(", ")));
    }
}
