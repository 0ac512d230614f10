use crate::agent::Agent;
use crate::lint::{Report, rule};
use crate::page::tools;

rule! {
    /// The same tool stands in `tools` and in `disallowedTools`.
    ///
    /// Denying comes first: the agent does not have the tool, whatever `tools` says. A denial with a specifier, such as
    /// `Bash(rm *)`, takes nothing but that away.
    ///
    /// ```markdown bad
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// tools: Read, Grep, Bash
    /// disallowedTools: Bash
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// tools: Read, Grep, Bash
    /// disallowedTools: Bash(rm *)
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// Source: Claude Code documentation, "Subagents", read 2026-08-22.
    "agent-tool-allowed-and-denied", Suspicious, "0.1.0", Agent, check
}

fn check(agent: &Agent, report: &mut Report<'_>) {
    let allowed = tools::in_field(&agent.page, "tools");
    let denied = tools::in_field(&agent.page, "disallowedTools");
    for tool in denied.iter().filter(|tool| tool.specifier.is_none()) {
        if let Some(same) = allowed.iter().find(|other| other.name == tool.name) {
            report
                .at(
                    &agent.page.source,
                    tool.span,
                    format!("`{}` is both allowed and denied", tool.name),
                )
                .label(same.span, "allowed here")
                .help("remove it from one of the two lists");
        }
    }
}
