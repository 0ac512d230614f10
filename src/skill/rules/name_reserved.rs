use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The name holds a word that is reserved for the maker of a client: `claude` or `anthropic`.
    ///
    /// Uploads to claude.ai refuse it, and readers take the skill for an official one.
    ///
    /// ```markdown bad folder=claude-pdf-tools
    /// ---
    /// name: claude-pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Claude API, "Agent Skills", field requirements: the name cannot contain reserved words.
    "name-reserved", Suspicious, "0.1.0", Skill, check, refused_by [ClaudeUpload]
}

/// Words that are reserved.
const RESERVED: &[&str] = &["anthropic", "claude"];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((name, span)) = skill.page.text_field("name") else {
        return;
    };
    let lower = name.to_lowercase();
    if let Some(word) = lower.split('-').find(|word| RESERVED.contains(word)) {
        report
            .at(
                &skill.page.source,
                span,
                format!("the name `{name}` holds the reserved word `{word}`"),
            )
            .help("name the skill after what it does");
    }
}
