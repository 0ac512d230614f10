use crate::agent::Agent;
use crate::lint::{Report, rule};

rule! {
    /// The agent has no usable name: the field `name` is missing, or holds a colon.
    ///
    /// Claude Code does not load a definition without a name, and a colon in it clashes with the `plugin:agent` form. Of other
    /// characters speaks `agent-name-characters`.
    ///
    /// ```markdown bad
    /// ---
    /// description: Reviews a change. Use after code was written.
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: review:code
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
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// Source: Claude Code documentation, "Subagents", read 2026-08-22.
    "agent-name", Correctness, "0.1.0", Agent, check, refused_by [ClaudeCode]
}

fn check(agent: &Agent, report: &mut Report<'_>) {
    let page = &agent.page;
    if let Some(reason) = &agent.unreadable {
        report
            .file(page.source.path(), format!("the agent cannot be read: {reason}"))
            .help("mend its permissions, or remove it");
        return;
    }
    if !page.has_fields() {
        return;
    }
    match page.text_field("name") {
        None => {
            let span = page.field("name").map_or(page.head(), |(_, value)| value.span);
            report
                .at(
                    &page.source,
                    span,
                    "the field `name` is missing, empty, or not a string",
                )
                .help(format!(
                    "write `name: {}`",
                    agent.stem.to_lowercase().replace([' ', '_', '.'], "-")
                ));
        }
        Some((name, span)) => {
            if name.contains(':') {
                report
                    .at(&page.source, span, format!("the name `{name}` holds a colon"))
                    .help(
                        "use lowercase letters, digits and hyphens: what stands before a colon is a plugin",
                    );
            }
        }
    }
}
