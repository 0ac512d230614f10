use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// `license` is a list or a map, not text.
    ///
    /// `gh skill publish` cannot read the front matter then, and refuses the skill.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license:
    ///   - MIT
    ///   - Apache-2.0
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license: MIT OR Apache-2.0
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `license` field; source of `gh skill publish`, read 2026-11.
    "license-not-text", Correctness, "0.1.0", Skill, check, refused_by [Gh]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some((_, value)) = page.field("license") else {
        return;
    };
    let kind = value.type_name();
    if matches!(kind, "list" | "map") {
        report
            .at(
                &page.source,
                value.span,
                format!("`license` is a {kind}, not text"),
            )
            .help("write an SPDX expression, for example `MIT OR Apache-2.0`, or name the license's file");
    }
}
