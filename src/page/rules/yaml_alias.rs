use crate::document::yaml::{Node, Value};
use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::Span;

rule! {
    /// The front matter names a value by a YAML anchor (`&name`), or refers to one by an alias (`*name`).
    ///
    /// `skills-ref` and other strict readers refuse anchors and aliases, and a few nested ones can expand to millions of
    /// values. packwright does not expand them. Where a text was meant that begins with `&`, its first word is lost.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   author: &author docs-team
    ///   owner: *author
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
    ///   author: docs-team
    ///   owner: docs-team
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: behaviour of `skills-ref` 0.1.1, seen 2026-11-20.
    "yaml-alias", Suspicious, "0.1.0", Page, check, refused_by [Spec]
}

fn check(page: &Page, report: &mut Report<'_>) {
    let fields = page.parts.fields();
    let first = fields
        .iter()
        .find_map(|(key, value)| first_alias(key).or_else(|| first_alias(value)));
    if let Some(alias) = first {
        report
            .at(&page.source, alias.span, "a YAML alias in the front matter")
            .help("write the value out");
        return;
    }
    for place in marks_of_yaml(page, '&') {
        report
            .at(
                &page.source,
                place,
                "YAML takes this for an anchor and not for text",
            )
            .help("put the whole value in quotes, or remove the anchor");
    }
}

/// Where a word that begins with `&` or `!` stands between a key and its value: it is no part of the value.
pub fn marks_of_yaml(page: &Page, mark: char) -> Vec<Span> {
    let mut found = Vec::new();
    let mut pairs: Vec<&(Node, Node)> = page.parts.fields().iter().collect();
    while let Some((key, value)) = pairs.pop() {
        pairs.extend(value.as_map().unwrap_or_default());
        let start = key.span.end;
        let gap = page.source.slice(Span::new(start, value.span.start));
        // A missing value ends where its key does; what stands behind it is the rest of the line.
        let rest = if gap.is_empty() {
            page.source
                .slice(page.source.line_span(page.source.locate(start).line))
        } else {
            gap
        };
        let written = rest.split('#').next().unwrap_or_default();
        let Some(word) = written.split_whitespace().find(|word| word.starts_with(mark)) else {
            continue;
        };
        let line = page.source.line_span(page.source.locate(start).line);
        let base = if gap.is_empty() { line.start } else { start };
        let at = base + rest.find(word).unwrap_or_default();
        found.push(Span::new(at, at + word.len()));
    }
    found
}

/// The first alias in a tree. Depth is bounded by the reader.
fn first_alias(node: &Node) -> Option<&Node> {
    match &node.value {
        Value::Alias => Some(node),
        Value::List(items) => items.iter().find_map(first_alias),
        Value::Map(pairs) => pairs
            .iter()
            .find_map(|(key, value)| first_alias(key).or_else(|| first_alias(value))),
        Value::Scalar { .. } => None,
    }
}
