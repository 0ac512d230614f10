use crate::lint::{Report, rule};
use crate::page::{Marker, Page};

rule! {
    /// A phrase that says nothing: "it is important to note that", "needless to say", "think step by step".
    ///
    /// Each costs tokens whenever the skill is read, and the model does without. What is right depends on the skill, so the rule is
    /// off by default. Code, quotations and sections of examples are not judged.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// It is important to note that forms have fields.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Forms have fields.
    /// ```
    ///
    /// Source: Claude documentation, "Skill authoring best practices", "concise is key".
    "filler-phrase", Pedantic, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    for (mark, _) in page.prose().instructions(Marker::Filler) {
        let words = page.source.slice(mark.span);
        report
            .at(&page.source, mark.span, format!("`{words}` says nothing"))
            .help("leave it out");
    }
}
