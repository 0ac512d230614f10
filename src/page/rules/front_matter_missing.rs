use crate::document::front_matter::FrontMatter;
use crate::lint::{Report, rule};
use crate::page::Page;

rule! {
    /// The file does not begin with front matter.
    ///
    /// Clients find the name and the description between two `---` lines that must come first, before any blank line, heading
    /// or comment. Without them the file is not loaded.
    ///
    /// ```markdown bad
    /// # PDF tools
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// <!-- reviewed -->
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
    /// # PDF tools
    /// ```
    ///
    /// Source: Agent Skills specification, "SKILL.md format".
    "front-matter-missing", Correctness, "0.1.0", Page, check, refused_by [Spec, ClaudeUpload, Gh, Client]
}

fn check(page: &Page, report: &mut Report<'_>) {
    let FrontMatter::Missing { later } = &page.parts.front_matter else {
        return;
    };
    let head = page.head();
    match later.filter(|later| page.source.locate(later.start).line <= 10) {
        Some(later) => report
            .at(
                &page.source,
                head,
                "the front matter is not the first thing in the file",
            )
            .label(later, "it seems to begin here")
            .help("move the `---` to the first line"),
        None if page.source.text().trim().is_empty() => report
            .at(&page.source, head, "the file is empty")
            .help("begin it with `---`, `name: …`, `description: …`, `---`"),
        None => report
            .at(&page.source, head, "the file has no front matter")
            .help("begin it with `---`, `name: …`, `description: …`, `---`"),
    };
}
