use crate::document::front_matter::{Block, FrontMatter};
use crate::document::yaml::{Node, Value};
use crate::lint::{Report, rule};
use crate::page::Page;
use crate::skill::Skill;

rule! {
    /// The front matter holds a list or a map in brackets: `[Read, Grep]`.
    ///
    /// It is YAML, and most clients read it. `skills-ref` reads a stricter YAML without brackets and refuses the skill; one item a
    /// line works everywhere. Off by default, and an error under the profile `spec`.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata: {version: "1.2.0"}
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
    ///   version: "1.2.0"
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: behaviour of `skills-ref` 0.1.1 (strictyaml), seen 2026-11-21.
    "yaml-flow-style", Pedantic, "0.1.0", Skill, check, refused_by [Spec]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let FrontMatter::Block(Block {
        content: Ok(Some(root)),
        ..
    }) = &page.parts.front_matter
    else {
        return;
    };
    if page.source.slice(root.span).starts_with('{') {
        report
            .at(&page.source, root.span, "the front matter is a map in braces")
            .help("write one key a line");
        return;
    }
    for (_, value) in page.parts.fields() {
        if let Some(node) = first_in_brackets(page, value) {
            report
                .at(&page.source, node.span, "a list or map in brackets")
                .help("write one item a line");
        }
    }
}

/// Depth is bounded by the reader.
fn first_in_brackets<'a>(page: &Page, node: &'a Node) -> Option<&'a Node> {
    let written = page.source.slice(node.span);
    match &node.value {
        Value::List(_) | Value::Map(_) if written.starts_with(['[', '{']) => Some(node),
        Value::List(items) => items.iter().find_map(|item| first_in_brackets(page, item)),
        Value::Map(pairs) => pairs.iter().find_map(|(_, value)| first_in_brackets(page, value)),
        Value::Scalar { .. } | Value::Alias => None,
    }
}
