use crate::lint::{Report, rule};
use crate::page::Page;

rule! {
    /// A fenced code block is never closed.
    ///
    /// Everything below it is code to a reader, so that instructions after it lose their headings, lists and links.
    ///
    /// ````markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// ```sh
    /// pdftotext in.pdf
    ///
    /// Then read the text.
    /// ````
    ///
    /// ````markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// ```sh
    /// pdftotext in.pdf
    /// ```
    ///
    /// Then read the text.
    /// ````
    ///
    /// Source: the `CommonMark` specification, 0.31, section 4.5.
    "unclosed-fence", Suspicious, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    for fence in page.markdown.fences.iter().filter(|fence| !fence.closed) {
        let line = page.source.line_span(page.source.locate(fence.span.start).line);
        report
            .at(&page.source, line, "this code block is never closed")
            .help("close it with as many backticks as opened it");
    }
}
