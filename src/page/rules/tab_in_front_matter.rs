use crate::diagnostic::Fix;
use crate::document::front_matter::{Block, FrontMatter};
use crate::document::yaml::{Style, Value};
use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::{Edit, Span};

rule! {
    /// A tab stands between a key and its value in the front matter, or inside a value without quotes.
    ///
    /// YAML allows it there and nowhere before it, and several readers refuse it everywhere. Tabs that indent are reported as
    /// `front-matter-syntax`.
    ///
    /// ```markdown bad
    /// ---
    /// name:	pdf-tools
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
    /// Source: YAML 1.2.2 section 6.1; behaviour of five YAML readers, seen 2026-11-21.
    "tab-in-front-matter", Suspicious, "0.1.0", Page, check, refused_by [Spec]
}

fn check(page: &Page, report: &mut Report<'_>) {
    let FrontMatter::Block(Block {
        content: Ok(Some(_)), ..
    }) = &page.parts.front_matter
    else {
        return;
    };
    let text = page.source.text();
    for (key, value) in page.parts.fields() {
        let between = Span::new(key.span.end, value.span.start);
        let gap = text.get(between.start..between.end).unwrap_or_default();
        let is_on_one_line = !gap.contains('\n');
        if let Some(tab) = gap.find('\t').filter(|_| is_on_one_line && gap.trim() == ":") {
            let span = Span::new(
                between.start + tab,
                between.start + gap.rfind('\t').unwrap_or(tab) + 1,
            );
            report
                .at(&page.source, span, "a tab separates the key from its value")
                .help("use a space")
                .fix(Fix::safe("use a space", vec![Edit::replace(between, ": ")]));
        }
        let is_plain = matches!(
            value.value,
            Value::Scalar {
                style: Style::Plain,
                ..
            }
        );
        let rest = memchr::memchr(b'\n', &text.as_bytes()[value.span.end..]);
        let rest = rest.map_or(text.len(), |at| value.span.end + at);
        let written = page.source.slice(Span::new(value.span.start, rest));
        if let Some(tab) = written.find('\t').filter(|_| is_plain && !written.contains('#')) {
            let span = Span::new(value.span.start + tab, value.span.start + tab + 1);
            report
                .at(&page.source, span, "a tab stands in a value without quotes")
                .help("use a space, or put the value in quotes")
                .fix(Fix::safe("use a space", vec![Edit::replace(span, " ")]));
        }
    }
}
