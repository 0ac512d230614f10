use crate::agent::Agent;
use crate::lint::{Report, rule};

rule! {
    /// The agent has no usable name: the field `name` is missing, or holds something other than lowercase letters, digits and
    /// hyphens.
    ///
    /// Claude Code does not load a definition without a name, and a colon in it clashes with the `plugin:agent` form.
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
    /// name: Code Reviewer
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
            let is_allowed = |character: char| matches!(character, 'a'..='z' | '0'..='9' | '-');
            if let Some(wrong) = name.chars().find(|&character| !is_allowed(character)) {
                report
                    .at(
                        &page.source,
                        span,
                        format!("the name `{name}` holds `{}`", wrong.escape_debug()),
                    )
                    .help("use lowercase letters, digits and hyphens");
            }
        }
    }
}
