use std::collections::BTreeMap;

use crate::lint::{Report, rule};
use crate::page::{Kind, Page, Sentence};

rule! {
    /// The same sentence stands twice on the page.
    ///
    /// Saying it again costs tokens and invites the two to part when one is edited. Tables, code, headings and short sentences are
    /// not judged. Repetition may be meant, so the rule is off by default.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Keep the order of the columns as it is in the file, and the names of all fields.
    ///
    /// Read each page.
    ///
    /// Keep the order of the columns as it is in the file, and the names of all fields.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Keep the order of the columns as it is in the file, and the names of all fields.
    ///
    /// Read each page.
    /// ```
    ///
    /// Source: the peer skillsaw 0.22.0, which has a rule for it.
    "directive-repeated", Pedantic, "0.1.0", Page, check
}

/// Characters of a sentence that is worth a finding.
const LEAST: usize = 60;

fn check(page: &Page, report: &mut Report<'_>) {
    let prose = page.prose();
    let mut seen: BTreeMap<&str, Sentence> = BTreeMap::new();
    let texts = prose
        .sentences()
        .iter()
        .filter(|sentence| matches!(sentence.kind, Kind::Text | Kind::Item) && !sentence.is_example);
    for sentence in texts.filter(|sentence| sentence.span.len() >= LEAST) {
        let words = page.source.slice(sentence.span).trim_end_matches('.');
        if let Some(first) = seen.get(words) {
            report
                .at(&page.source, sentence.span, "this sentence was there before")
                .label(first.span, "first said here")
                .help("remove one of the two");
        } else {
            seen.insert(words, *sentence);
        }
    }
}
