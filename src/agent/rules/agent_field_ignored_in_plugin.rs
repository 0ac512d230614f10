use crate::agent::Agent;
use crate::lint::{Report, rule};

rule! {
    /// An agent of a plugin has a field that Claude Code ignores there: `hooks`, `mcpServers` or `permissionMode`.
    ///
    /// A plugin must not widen what the user allowed. What the field was to do is not done, and nothing says so.
    ///
    /// ```markdown bad plugin=yes
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// permissionMode: plan
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
    "agent-field-ignored-in-plugin", Suspicious, "0.1.0", Agent, check
}

/// Fields that only agents of a project or a user may have.
const IGNORED: &[&str] = &["hooks", "mcpServers", "permissionMode"];

fn check(agent: &Agent, report: &mut Report<'_>) {
    if !agent.in_plugin {
        return;
    }
    for field in IGNORED {
        if let Some((key, _)) = agent.page.field(field) {
            report
                .at(
                    &agent.page.source,
                    key.span,
                    format!("`{field}` is ignored in an agent of a plugin"),
                )
                .help("take it out, or put the agent into `.claude/agents/` of the project");
        }
    }
}
