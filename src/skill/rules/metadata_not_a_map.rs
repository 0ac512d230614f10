use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// `metadata` is not a map of names to text.
    ///
    /// Claude Code drops it, and `gh skill publish` refuses the skill: there is nothing to look a name up in.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata: version 1.2.0
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   - version
    ///   - author
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   version: "1.2.0"
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `metadata` field; Claude Code documentation, "Skills", read 2026-08-22; source of `gh
    /// skill publish`, read 2026-11.
    "metadata-not-a-map", Correctness, "0.1.0", Skill, check, refused_by [Gh]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some((_, value)) = page.field("metadata") else {
        return;
    };
    let kind = value.type_name();
    if !matches!(kind, "map" | "null" | "alias") {
        report
            .at(
                &page.source,
                value.span,
                format!("`metadata` is a {kind}, not a map"),
            )
            .help("write names and text below it, for example `version: \"1.0.0\"`, indented by two spaces");
    }
}
