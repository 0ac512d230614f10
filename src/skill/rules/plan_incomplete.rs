use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::plan::{self, PLAN};

rule! {
    /// The plan, `init.md`, lacks some of its nine parts.
    ///
    /// These are: the scope; the libraries that were looked at, with their trust scores; a framework for decisions with a diagram;
    /// more than one language; integration with the frontend; design tokens; security; performance; and the structure of an example
    /// project. A part is there when a heading names it and something stands below, or when the text speaks of it in so many words;
    /// a diagram and a structure are drawings in a code block.
    ///
    /// ```markdown bad plan=part
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
    /// Source: the plan "Full-Stack Skills Plan", December 2025, "Quality Checklist", "Each init.md Must Include".
    "plan-incomplete", Plan, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some(page) = skill.pages.get(PLAN) else {
        return;
    };
    let missing = plan::missing_parts(page);
    if !missing.is_empty() {
        let span = page
            .markdown
            .headings
            .first()
            .map_or(page.source.line_span(1), |heading| heading.span);
        let line = page.source.line_span(page.source.locate(span.start).line);
        report
            .at(
                &page.source,
                line,
                format!("the plan lacks {}", missing.join(", ")),
            )
            .help("add a section for each, or say there why it does not apply");
    }
}
