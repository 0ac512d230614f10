use crate::agent::Agent;
use crate::lint::{Report, rule};
use crate::page::tools;
use crate::text::nearest;

rule! {
    /// `tools` or `disallowedTools` names a tool that Claude Code does not have.
    ///
    /// An unknown tool is left out without a word; when none is left the agent cannot work. Tools of MCP servers (`mcp__…`) pass.
    /// A list in which nothing is or resembles a tool of Claude Code is another client's and is not judged.
    ///
    /// ```markdown bad
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// tools: Read, Grepp
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// tools: Read, Grep, Bash(git diff *), mcp__github__get_pull_request
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// Source: Claude Code documentation, "Subagents" and "Tools", read 2026-08-22.
    "agent-unknown-tool", Correctness, "0.1.0", Agent, check
}

fn check(agent: &Agent, report: &mut Report<'_>) {
    for field in ["tools", "disallowedTools"] {
        let named = tools::in_field(&agent.page, field);
        let is_claude = named
            .iter()
            .any(|tool| tools::KNOWN.contains(&tool.name.as_str()));
        if !is_claude {
            continue;
        }
        for tool in named.iter().filter(|tool| !tool.is_known()) {
            let finding = report.at(
                &agent.page.source,
                tool.span,
                format!("there is no tool `{}` in Claude Code", tool.name),
            );
            match nearest(&tool.name, tools::KNOWN.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help("remove it; tools of MCP servers are written `mcp__server__tool`"),
            };
        }
    }
}
