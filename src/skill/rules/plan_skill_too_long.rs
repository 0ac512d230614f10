use crate::lint::{Report, rule};
use crate::skill::{FILE_NAME, Skill};

rule! {
    /// `SKILL.md` has 500 lines or more.
    ///
    /// The checklist counts the whole file, front matter included; the rule `body-too-long` counts the body.
    ///
    /// ```markdown bad repeat=495
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good plan=whole
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: the plan "Full-Stack Skills Plan", December 2025, "Quality Checklist", "Each SKILL.md Must Follow": under 500 lines.
    "plan-skill-too-long", Plan, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let most = report.options().limits.body_lines;
    let lines = page.source.line_count();
    if lines >= most {
        report
            .at(
                &page.source,
                page.source.line_span(most),
                format!("`{FILE_NAME}` has {lines} lines, not under {most}"),
            )
            .help("move what not every task needs into files under `references/`");
    }
}
