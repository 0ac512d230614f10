use crate::lint::{Report, rule};
use crate::page::tools;
use crate::skill::Skill;
use crate::text::nearest;

rule! {
    /// `allowed-tools` or `disallowed-tools` names a tool that Claude Code does not have, but nearly so.
    ///
    /// A misspelt tool is neither allowed nor taken away, without a word. Only names close to a known tool are reported, in lists
    /// that hold another tool of Claude Code: other clients have tools of their own.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed-tools: Read Grpe
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed-tools: Read Grep mcp__github__get_issue
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed-tools: codebase search usages
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Claude Code documentation, "Skills" and "Tools", read 2026-11.
    "unknown-tool", Suspicious, "0.1.0", Skill, check
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
        for tool in named.iter().filter(|tool| !tool.is_known()) {
            if let Some(near) = nearest(&tool.name, tools::KNOWN.iter().copied()) {
                report
                    .at(
                        &skill.page.source,
                        tool.span,
                        format!("there is no tool `{}` in Claude Code", tool.name),
                    )
                    .help(format!("did you mean `{near}`?"));
            }
        }
    }
}
