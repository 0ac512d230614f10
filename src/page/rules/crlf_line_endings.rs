use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::{Edit, Span};

rule! {
    /// Lines end in CR LF.
    ///
    /// Readers that look for `---` and a line feed do not find the fences, scripts quoted from the file carry a stray `\r`, and
    /// digests differ from those of the same file with LF. In git, `* text=auto eol=lf` in `.gitattributes` keeps them away.
    ///
    /// ```markdown bad lines=crlf
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
    /// Source: own convention.
    "crlf-line-endings", Style, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    let text = page.source.text();
    let returns = memchr::memchr_iter(b'\r', text.as_bytes());
    let returns: Vec<usize> = returns.filter(|at| text[at + 1..].starts_with('\n')).collect();
    if let Some(&first) = returns.first() {
        let line = page.source.line_span(page.source.locate(first).line);
        let edits = returns
            .iter()
            .map(|&at| Edit::delete(Span::new(at, at + 1)))
            .collect();
        report
            .at(
                &page.source,
                line,
                format!("{} lines end in CR LF", returns.len()),
            )
            .help("save the file with LF line ends")
            .fix(Fix::safe("end lines in LF", edits));
    }
}
