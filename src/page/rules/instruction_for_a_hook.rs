use crate::lint::{Report, rule};
use crate::page::{Marker, Page};

rule! {
    /// An instruction asks for something at every event of a kind: "after every edit", "before each commit".
    ///
    /// A model forgets it now and then; a hook of the client does not. Not every client has hooks. What is right depends on the
    /// skill, so the rule is off by default. Code, quotations and sections of examples are not judged.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Run the formatter after every edit.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Run the formatter once all edits are made.
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks", read 2026-08-22.
    "instruction-for-a-hook", Pedantic, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    for (mark, _) in page.prose().instructions(Marker::Event) {
        let words = page.source.slice(mark.span);
        report
            .at(
                &page.source,
                mark.span,
                format!("`{words}` is what a hook is for"),
            )
            .help("let a hook do it where the client has hooks");
    }
}
