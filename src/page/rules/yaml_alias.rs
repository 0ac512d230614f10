use crate::document::yaml::{Node, Value};
use crate::lint::{Report, rule};
use crate::page::Page;

rule! {
    /// The front matter refers to another value by a YAML alias (`*name`).
    ///
    /// `skills-ref` and other strict readers refuse anchors and aliases, and a few nested ones can expand to millions of
    /// values. packwright does not expand them.
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
    let first = page
        .parts
        .fields()
        .iter()
        .find_map(|(key, value)| first_alias(key).or_else(|| first_alias(value)));
    if let Some(alias) = first {
        report
            .at(&page.source, alias.span, "a YAML alias in the front matter")
            .help("write the value out");
    }
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
