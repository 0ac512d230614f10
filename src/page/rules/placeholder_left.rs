use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::Span;

rule! {
    /// A note to the author is left in the text: a line that begins with `TODO:` or `[TODO`, or filler text.
    ///
    /// The model takes it for an instruction, or works around what is not there. Placeholders for a reader, such as `[your name]`,
    /// are part of many skills and pass, and so does every page that speaks of such notes.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    ///
    /// TODO: say what to do with scans.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    ///
    /// ## [TODO: Replace with the first section]
    ///
    /// Lorem ipsum dolor sit amet.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file. Collect TODO comments, such as `TODO: fix`.
    /// ```
    ///
    /// Source: template of the skill creator of github.com/anthropics/skills, read 2026-07-01.
    "placeholder-left", Suspicious, "0.1.0", Page, check
}

/// How a note begins, behind the marks of lists and headings.
const NOTES: &[&str] = &[
    "TODO:", "TODO -", "[TODO", "(TODO", "<TODO", "FIXME:", "[FIXME", "[INSERT ", "[FILL IN",
];

/// How text that stands in for text begins.
const FILLER: &str = "Lorem ipsum dolor";

/// Notes on a page that is about notes.
const MANY: usize = 3;

fn check(page: &Page, report: &mut Report<'_>) {
    let body = page.body();
    let has_note = ["TODO", "FIXME", "[INSERT ", "[FILL IN"]
        .iter()
        .any(|word| body.contains(word));
    let words = ["TODO", "FIXME"]
        .iter()
        .map(|word| body.matches(word).count())
        .sum::<usize>();
    if !has_note && !body.contains(FILLER) {
        return;
    }
    let mut start = page.parts.body.start;
    for line in body.split_inclusive('\n') {
        let indent = line.len()
            - line
                .trim_start_matches([' ', '\t', '-', '*', '#', '>', '_', '|'])
                .len();
        let text = line[indent..].trim_end();
        let is_note = has_note && words <= MANY && NOTES.iter().any(|note| text.starts_with(note));
        let is_filler = text.starts_with(FILLER);
        let span = Span::new(start + indent, start + indent + text.len());
        if (is_note || is_filler) && !page.markdown.is_code(span.start) {
            report
                .at(&page.source, span, "a note to the author is left in the text")
                .help("write what belongs there, or remove it");
        }
        start += line.len();
    }
}
