use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The body has more than 500 lines.
    ///
    /// All of it enters the context when the skill is opened. Details that not every task needs belong in `references/`, which are
    /// read on demand.
    ///
    /// ```markdown bad repeat=501
    /// ---
    /// name: pdf-tools
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
    /// Source: Agent Skills specification, "Progressive disclosure": keep the main file under 500 lines.
    "body-too-long", Style, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let most = report.options().limits.body_lines;
    let body = page.body().trim();
    let lines = memchr::memchr_iter(b'\n', body.as_bytes()).count() + usize::from(!body.is_empty());
    if lines > most {
        let first_over = page.source.locate(page.parts.body.start).line + most;
        let message = format!("the body has {lines} lines, more than {most}");
        report
            .at(&page.source, page.source.line_span(first_over), message)
            .help("move what not every task needs into files under `references/` and link them");
    }
}
