use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// `agent` or `background` is set, but not `context: fork`.
    ///
    /// Both say how a forked context runs. Without `context: fork` the skill runs in the main context and they do nothing.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// agent: Explore
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// context: fork
    /// agent: Explore
    /// background: false
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Claude Code documentation, "Skills", frontmatter reference, read 2026-08-22.
    "fork-only-field", Suspicious, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    if page.field("context").is_some() {
        return;
    }
    for field in ["agent", "background"] {
        if let Some((key, _)) = page.field(field) {
            report
                .at(
                    &page.source,
                    key.span,
                    format!("`{field}` does nothing without `context: fork`"),
                )
                .help("add `context: fork`, or remove it");
        }
    }
}
