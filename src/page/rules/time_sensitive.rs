use crate::lint::{Report, rule};
use crate::page::{Marker, Page};

rule! {
    /// A statement that time makes wrong: "as of 2024", "coming soon", "recently added".
    ///
    /// A skill is read long after it is written. Say what holds, or give the version or date it holds from. What is right depends
    /// on the skill, so the rule is off by default. Code, quotations and sections of examples are not judged.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// As of 2024, forms have no signatures.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Forms of version 1.7 have no signatures.
    /// ```
    ///
    /// Source: Claude documentation, "Skill authoring best practices", "avoid time-sensitive information".
    "time-sensitive", Pedantic, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    for (mark, _) in page.prose().instructions(Marker::Dated) {
        let words = page.source.slice(mark.span);
        report
            .at(
                &page.source,
                mark.span,
                format!("`{words}` will be wrong one day"),
            )
            .help("name the version it holds for, or leave the time out");
    }
}
