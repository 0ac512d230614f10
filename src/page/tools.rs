//! The tools a subagent may name, and how a list of them is written.

use crate::document::yaml::{Node, Value};
use crate::page::Page;
use crate::text::Span;

/// Tools of Claude Code, by name: those of its tools reference, read 2026-11, a few that it has and leaves out there, and those that
/// it had before and that definitions still name. A list that lags behind takes what is new for a fault, so whatever names a tool
/// of this list wrongly is at most suspicious.
pub const KNOWN: &[&str] = &[
    "Agent",
    "Artifact",
    "AskUserQuestion",
    "Bash",
    "BashOutput",
    "Config",
    "CronCreate",
    "CronDelete",
    "CronList",
    "DesignSync",
    "Edit",
    "EndConversation",
    "EnterPlanMode",
    "EnterWorktree",
    "ExitPlanMode",
    "ExitWorktree",
    "Glob",
    "Grep",
    "KillBash",
    "KillShell",
    "LS",
    "LSP",
    "ListAgents",
    "ListMcpResourcesTool",
    "Monitor",
    "MultiEdit",
    "NotebookEdit",
    "NotebookRead",
    "PowerShell",
    "PushNotification",
    "Read",
    "ReadMcpResourceDirTool",
    "ReadMcpResourceTool",
    "RemoteTrigger",
    "ReportFindings",
    "ScheduleWakeup",
    "SendFeedback",
    "SendMessage",
    "SendUserFile",
    "ShareOnboardingGuide",
    "Skill",
    "SlashCommand",
    "SubagentHandback",
    "Task",
    "TaskCreate",
    "TaskGet",
    "TaskList",
    "TaskOutput",
    "TaskStop",
    "TaskUpdate",
    "TeamCreate",
    "TeamDelete",
    "TodoRead",
    "TodoWrite",
    "ToolSearch",
    "WaitForMcpServers",
    "WebFetch",
    "WebSearch",
    "Workflow",
    "Write",
];

/// A tool as a definition names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name, without a specifier such as `(git *)`.
    pub name: String,
    /// The specifier, without its parentheses.
    pub specifier: Option<String>,
    pub span: Span,
}

impl Named {
    /// Whether Claude Code knows the name. Tools of MCP servers cannot be checked here and pass.
    pub fn is_known(&self) -> bool {
        KNOWN.contains(&self.name.as_str()) || self.name.starts_with("mcp__") || self.name == "*"
    }
}

/// The tools in a field: a string separated by commas, or by spaces where it has none, or a list.
pub fn in_field(page: &Page, field: &str) -> Vec<Named> {
    let Some((_, value)) = page.field(field) else {
        return Vec::new();
    };
    match &value.value {
        Value::Scalar { .. } => in_text(page, value),
        Value::List(items) => items.iter().flat_map(|item| in_text(page, item)).collect(),
        Value::Map(_) | Value::Alias => Vec::new(),
    }
}

fn in_text(page: &Page, node: &Node) -> Vec<Named> {
    let written = page.source.slice(node.span);
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut start = 0;
    let has_comma = written.contains(',');
    for (at, character) in written.char_indices().chain([(written.len(), ',')]) {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_end = at == written.len();
        let separates = character == ',' || (!has_comma && character.is_whitespace());
        if is_end || (depth == 0 && separates) {
            let piece = written[start..at].trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
            if !piece.is_empty() {
                let offset = start + written[start..at].find(piece).unwrap_or(0);
                let (name, specifier) = match piece.split_once('(') {
                    Some((name, rest)) => (name.trim(), Some(rest.trim_end_matches(')').to_owned())),
                    None => (piece, None),
                };
                found.push(Named {
                    name: name.to_owned(),
                    specifier,
                    span: Span::new(node.span.start + offset, node.span.start + offset + piece.len()),
                });
            }
            start = (at + character.len_utf8()).min(written.len());
        }
    }
    found
}

/// The pieces of a list of tools, cut at these characters where they stand outside parentheses.
pub fn pieces<'a>(text: &'a str, cuts: &'static [char]) -> impl Iterator<Item = &'a str> {
    let mut depth = 0usize;
    text.split(move |character| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && cuts.contains(&character)
    })
    .map(str::trim)
    .filter(|piece| !piece.is_empty())
}

/// Whether the text is one tool wherever a list is cut: no space and no comma outside parentheses.
pub fn is_one(text: &str) -> bool {
    pieces(text.trim(), &[' ', '\t', '\n', ',']).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Source;

    #[test]
    fn lists_are_read_in_every_form() {
        for tools in [
            "Read, Bash(git log *, git diff), Edit",
            "[Read, \"Bash(git log *, git diff)\", Edit]",
            "Read Bash(git log *, git diff) Edit",
        ] {
            let text = format!("---\ntools: {tools}\n---\n");
            let page = Page::read(Source::new("a.md", text));
            let names: Vec<String> = in_field(&page, "tools")
                .into_iter()
                .map(|tool| tool.name)
                .collect();
            if tools.contains("Read Bash") {
                // A comma anywhere makes it a list separated by commas, as Claude Code reads it.
                assert_eq!(names.first().map(String::as_str), Some("Read Bash"), "{tools}");
            } else {
                assert_eq!(names, ["Read", "Bash", "Edit"], "{tools}");
            }
        }
    }
}
