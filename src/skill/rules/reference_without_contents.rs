use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// A page under `references/` has more than 100 lines and no table of contents.
    ///
    /// A model that reads only the head of a page sees there what is further down. Headings do much the same, and most long pages
    /// do without, so the rule is off by default.
    ///
    /// ```markdown bad files=references/forms.md long=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](references/forms.md) when there is a form.
    /// ```
    ///
    /// ```markdown good files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](references/forms.md) when there is a form.
    /// ```
    ///
    /// Source: Claude documentation, "Skill authoring best practices": a table of contents for reference files longer than 100
    /// lines.
    "reference-without-contents", Pedantic, "0.1.0", Skill, check
}

/// Lines of a page that need no contents.
const MOST: usize = 100;

/// Lines at whose head the contents are looked for.
const HEAD: usize = 60;

/// Links to headings that make a table of contents.
const LINKS: usize = 3;

fn check(skill: &Skill, report: &mut Report<'_>) {
    for page in skill.references() {
        let lines = page.source.line_count();
        if lines <= MOST {
            continue;
        }
        let end = page.source.line_span(HEAD).end;
        let mut headings = page
            .markdown
            .headings
            .iter()
            .filter(|heading| heading.span.start < end);
        let is_named = headings.any(|heading| heading.text.to_lowercase().contains("contents"));
        let links = page
            .markdown
            .links
            .iter()
            .filter(|link| link.span.start < end && link.destination.starts_with('#'));
        if !is_named && links.count() < LINKS {
            report
                .at(
                    &page.source,
                    page.source.line_span(1),
                    format!("{lines} lines without a table of contents"),
                )
                .help("list the sections at the top");
        }
    }
}
