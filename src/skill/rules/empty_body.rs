use crate::document::front_matter::FrontMatter;
use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// Nothing follows the front matter.
    ///
    /// A client that opens the skill gives the model no instructions.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
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
    /// Source: Agent Skills specification, "Body content".
    "empty-body", Suspicious, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let is_block = matches!(page.parts.front_matter, FrontMatter::Block(_));
    if is_block && page.body().trim().is_empty() {
        report
            .at(&page.source, page.head(), "nothing follows the front matter")
            .help("write the instructions below the second `---`");
    }
}
