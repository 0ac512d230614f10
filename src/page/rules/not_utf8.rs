use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::Span;

rule! {
    /// The file is not UTF-8.
    ///
    /// Clients read skills as UTF-8: some refuse the file, `skills-ref` crashes, others show replacement characters to the
    /// model. Files saved as Latin-1, Windows-1252 or UTF-16 end up here.
    ///
    /// The example cannot be shown in a text that is UTF-8 itself.
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a café menu in a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: behaviour of `skills-ref` 0.1.1, seen 2026-11-20.
    "not-utf8", Correctness, "0.1.0", Page, check, refused_by [Spec, ClaudeUpload, Gh]
}

fn check(page: &Page, report: &mut Report<'_>) {
    if let Some(at) = page.source.invalid_at() {
        let span = Span::new(at, at + '\u{fffd}'.len_utf8());
        report
            .at(&page.source, span, format!("byte {at} of the file is not UTF-8"))
            .help("convert the file to UTF-8, for example with `iconv -f WINDOWS-1252 -t UTF-8`");
    }
}
