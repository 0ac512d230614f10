use crate::agent::Agent;
use crate::lint::{Report, rule};

rule! {
    /// The name of the agent holds something other than lowercase letters, digits and hyphens.
    ///
    /// The documentation asks for these. Claude Code loads the agent all the same, and since 2.1.140 it looks past letter case and
    /// separators when the agent is called; rules of permission and other clients may not. Public agents are called
    /// `powershell-5.1-expert` and `Product Manager` and work, so this is a warning.
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
    /// Source: Claude Code documentation, "Subagents", read 2026-08-22; anthropics/claude-code, issue 58540, read 2026-11.
    "agent-name-characters", Style, "0.2.0", Agent, check
}

fn check(agent: &Agent, report: &mut Report<'_>) {
    let Some((name, span)) = agent.page.text_field("name") else {
        return;
    };
    let is_allowed = |character: char| matches!(character, 'a'..='z' | '0'..='9' | '-');
    let mut wrong: Vec<char> = name.chars().filter(|&character| !is_allowed(character)).collect();
    wrong.sort_unstable();
    wrong.dedup();
    // A colon has the rule `agent-name`.
    if wrong.is_empty() || wrong.contains(&':') {
        return;
    }
    let shown: Vec<String> = (wrong.iter().take(5))
        .map(|character| format!("`{}`", character.escape_debug()))
        .collect();
    report
        .at(
            &agent.page.source,
            span,
            format!("the name `{name}` holds {}", shown.join(", ")),
        )
        .help("use lowercase letters, digits and hyphens");
}
