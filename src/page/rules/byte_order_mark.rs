use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::{Edit, Span};

rule! {
    /// A byte order mark (U+FEFF) stands before the front matter.
    ///
    /// It is invisible in editors, and readers that look for `---` in the first three bytes do not find it: `skills-ref`
    /// refuses the file.
    ///
    /// ```markdown bad bom=yes
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: behaviour of `skills-ref` 0.1.1, seen 2026-11-20; `quick_validate.py` and the source of `gh skill publish`, read
    /// 2026-11.
    "byte-order-mark", Suspicious, "0.1.0", Page, check, refused_by [Spec, ClaudeUpload, Gh]
}

fn check(page: &Page, report: &mut Report<'_>) {
    if page.source.text().starts_with('\u{feff}') {
        let mark = Span::new(0, '\u{feff}'.len_utf8());
        report
            .at(&page.source, mark, "a byte order mark stands before the text")
            .help("save the file as UTF-8 without a byte order mark")
            .fix(Fix::safe("remove the byte order mark", vec![Edit::delete(mark)]));
    }
}
