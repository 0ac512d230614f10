use crate::lint::{Report, rule};
use crate::page::{Kind, Marker, Page};
use crate::text::Span;

rule! {
    /// A paragraph of one sentence forbids something and does not say what to do instead, or why.
    ///
    /// A model that knows only what not to do looks for another way, and not always a better one. What is right depends on the
    /// skill, so the rule is off by default. Code, quotations and sections of examples are not judged.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Never edit the original file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Never edit the original file. Use a copy.
    /// ```
    ///
    /// Source: the peers agnix 0.60.3 and skillsaw 0.22.0, which have rules for it.
    "prohibition-without-alternative", Pedantic, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    let prose = page.prose();
    for (mark, sentence) in prose.instructions(Marker::Prohibition) {
        // A paragraph of its own that begins by forbidding: lists and neighbours may hold the other half.
        let before = prose.text(Span::new(sentence.span.start, mark.span.start));
        let is_order = before.trim_matches(['*', '_', ' ']).is_empty();
        let is_judged = sentence.kind == Kind::Text && is_order && prose.is_alone(sentence);
        if is_judged && !prose.has(sentence.span, Marker::Alternative) {
            report
                .at(
                    &page.source,
                    sentence.span,
                    "this forbids, and does not say what to do instead",
                )
                .help("add what to do, or why not");
        }
    }
}
