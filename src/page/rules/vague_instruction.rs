use crate::lint::{Report, rule};
use crate::page::{Marker, Page};

rule! {
    /// An instruction leaves open what is to be done: "handle errors appropriately", "follow best practices".
    ///
    /// The model decides anew each time. A skill is there to say which way is the right one here. What is right depends on the
    /// skill, so the rule is off by default. Code, quotations and sections of examples are not judged.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file and handle errors appropriately.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file. Skip a page that cannot be read, and name it in the report.
    /// ```
    ///
    /// Source: Claude documentation, "Skill authoring best practices", "set appropriate degrees of freedom".
    "vague-instruction", Pedantic, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    for (mark, _) in page.prose().instructions(Marker::Vague) {
        let words = page.source.slice(mark.span);
        report
            .at(
                &page.source,
                mark.span,
                format!("`{words}` leaves open what to do"),
            )
            .help("say what to do, or give an example");
    }
}
