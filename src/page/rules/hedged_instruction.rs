use crate::lint::{Report, rule};
use crate::page::{Marker, Page};
use crate::text::Span;

rule! {
    /// An instruction takes half of itself back: "try to", "if possible", "perhaps".
    ///
    /// A model that may leave it out will. Say when it holds and when it does not. What is right depends on the skill, so the rule
    /// is off by default. Code, quotations and sections of examples are not judged.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Try to keep the order of the columns.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Keep the order of the columns, except in tables without lines.
    /// ```
    ///
    /// Source: the peers agnix 0.60.3 and skillsaw 0.22.0, which have rules for it.
    "hedged-instruction", Pedantic, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    let prose = page.prose();
    for (mark, sentence) in prose.instructions(Marker::Hedge) {
        let words = page.source.slice(mark.span);
        // What tries elsewhere in a sentence is somebody else, or is told not to.
        let before = prose.text(Span::new(sentence.span.start, mark.span.start));
        let is_first = before.trim_matches(['*', '_', ' ']).is_empty();
        if words.eq_ignore_ascii_case("try to") && !is_first {
            continue;
        }
        report
            .at(
                &page.source,
                mark.span,
                format!("`{words}` takes the instruction half back"),
            )
            .help("say it without, or say when it does not hold");
    }
}
