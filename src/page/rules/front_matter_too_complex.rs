use crate::document::front_matter::{Block, FrontMatter};
use crate::document::yaml::RefusalKind;
use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::Span;

rule! {
    /// The front matter is larger or more deeply nested than any client needs: over 64 KiB, 5,000 values or 32 levels, or more
    /// than one YAML document.
    ///
    /// It is loaded at the start of every session, and readers without limits are stopped by it. packwright reads no further.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// metadata: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   version: "1.0"
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: own limits; the longest description in 718 public skills has 1,068 characters.
    "front-matter-too-complex", Correctness, "0.1.0", Page, check, refused_by [Spec, Client]
}

fn check(page: &Page, report: &mut Report<'_>) {
    let FrontMatter::Block(Block {
        content: Err(refusal),
        ..
    }) = &page.parts.front_matter
    else {
        return;
    };
    if refusal.kind == RefusalKind::TooMuch {
        report
            .at(&page.source, Span::at(refusal.at), refusal.message.clone())
            .help(refusal.remedy);
    }
}
