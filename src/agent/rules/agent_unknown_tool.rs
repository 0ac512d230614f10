use crate::agent::Agent;
use crate::lint::{Report, rule};
use crate::page::tools;
use crate::text::nearest;

rule! {
    /// `tools` or `disallowedTools` names a tool that Claude Code does not have.
    ///
    /// An unknown tool is left out without a word; when none is left the agent cannot work. Tools of MCP servers (`mcp__…`) pass.
    /// A list that holds no tool of Claude Code is another client's and is not judged. Names that are near to none are reported
    /// together: most are tools of other clients that were left in a list, and one that is newer than this program would be too.
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
    /// Source: Claude Code documentation, "Subagents" and "Tools", read 2026-11.
    "agent-unknown-tool", Suspicious, "0.1.0", Agent, check
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
        let mut foreign = Vec::new();
        for tool in named.iter().filter(|tool| !tool.is_known()) {
            if let Some(near) = nearest(&tool.name, tools::KNOWN.iter().copied()) {
                report
                    .at(&agent.page.source, tool.span, missing(&tool.name, 0))
                    .help(format!("did you mean `{near}`?"));
            } else {
                foreign.push(tool);
            }
        }
        if let Some((first, others)) = foreign.split_first() {
            report
                .at(&agent.page.source, first.span, missing(&first.name, others.len()))
                .help("leave it out; tools of MCP servers are written `mcp__server__tool`");
        }
    }
}

/// What is said of a tool and of some others in its list.
fn missing(name: &str, others: usize) -> String {
    match others {
        0 => format!("there is no tool `{name}` in Claude Code"),
        1 => format!("there is no tool `{name}` in Claude Code, nor 1 other of this list"),
        _ => format!("there is no tool `{name}` in Claude Code, nor {others} others of this list"),
    }
}
