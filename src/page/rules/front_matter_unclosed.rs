use crate::document::front_matter::FrontMatter;
use crate::lint::{Report, rule};
use crate::page::Page;

rule! {
    /// The front matter is opened by `---` and never closed.
    ///
    /// Everything below is then front matter, or none of it is; clients do not load the file.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    ///
    /// # PDF tools
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// # PDF tools
    /// ```
    ///
    /// Source: Agent Skills specification, "SKILL.md format".
    "front-matter-unclosed", Correctness, "0.1.0", Page, check, refused_by [Spec, ClaudeUpload, Gh, Client]
}

fn check(page: &Page, report: &mut Report<'_>) {
    if let FrontMatter::Unclosed { fence } = page.parts.front_matter {
        report
            .at(
                &page.source,
                fence,
                "the front matter that begins here is never closed",
            )
            .help("add a line with `---` after the last field");
    }
}
