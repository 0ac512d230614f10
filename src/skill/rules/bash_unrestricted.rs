use crate::lint::{Report, rule};
use crate::page::tools;
use crate::skill::Skill;

rule! {
    /// `allowed-tools` holds `Bash` without a pattern.
    ///
    /// While the skill is in use Claude Code runs every command without asking. A pattern such as `Bash(git log *)` allows what the
    /// skill needs and no more. Many skills cannot say what they will run, so the rule is off by default.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed-tools: Read Bash
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed-tools: Read Bash(pdftotext *)
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Claude Code documentation, "Pre-approve tools for a skill", read 2026-08-22.
    "bash-unrestricted", Pedantic, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for tool in tools::in_field(&skill.page, "allowed-tools") {
        let is_all = tool
            .specifier
            .as_deref()
            .is_none_or(|inside| matches!(inside.trim(), "" | "*" | ":*"));
        if matches!(tool.name.as_str(), "Bash" | "PowerShell") && is_all {
            report
                .at(
                    &skill.page.source,
                    tool.span,
                    format!("`{}` allows every command without asking", tool.name),
                )
                .help(format!(
                    "name what the skill runs, for example `{}(git log *)`",
                    tool.name
                ));
        }
    }
}
