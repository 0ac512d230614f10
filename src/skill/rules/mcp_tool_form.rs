use crate::lint::{Report, rule};
use crate::page::tools;
use crate::skill::Skill;

rule! {
    /// A tool of an MCP server is not written `mcp__server__tool`.
    ///
    /// Claude Code knows such a tool by that name alone: two underscores, lower case at the front. `mcp__server` stands for all
    /// tools of a server. Only lists that hold a tool of Claude Code are judged.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed-tools: Read mcp_github_get_issue
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed-tools: Read mcp__github__get_issue mcp__docs
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Claude Code documentation, "Permissions" and "MCP", read 2026-08-22.
    "mcp-tool-form", Suspicious, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for field in ["allowed-tools", "disallowed-tools"] {
        let named = tools::in_field(&skill.page, field);
        if !named
            .iter()
            .any(|tool| tools::KNOWN.contains(&tool.name.as_str()))
        {
            continue;
        }
        for tool in &named {
            let begins = tool.name.get(..4).unwrap_or_default().to_ascii_lowercase();
            let is_meant = matches!(begins.as_str(), "mcp_" | "mcp-" | "mcp:" | "mcp.");
            let server = tool.name.strip_prefix("mcp__").unwrap_or_default();
            if is_meant && (server.is_empty() || server.starts_with('_')) {
                report
                    .at(
                        &skill.page.source,
                        tool.span,
                        format!("`{}` is not the name of a tool of an MCP server", tool.name),
                    )
                    .help("write `mcp__server__tool`, or `mcp__server` for all tools of a server");
            }
        }
    }
}
