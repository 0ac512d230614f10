use crate::diagnostic::Fix;
use crate::document::yaml::{self, Node, Style, Value};
use crate::lint::{Report, rule};
use crate::page::Page;
use crate::skill::{Skill, fields};
use crate::text::{Edit, Span};

rule! {
    /// A key such as `version`, `author`, `tags` or `category` stands at the top of the front matter instead of under `metadata`.
    ///
    /// No client looks for it there; `skills-ref`, uploads to claude.ai and the Skills API refuse the skill because of it. The
    /// specification has `metadata` for such data: names and text.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// version: 1.2.0
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// tags: [pdf, forms]
    /// metadata:
    ///   author: documents-team
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// version: 1.2.0
    /// author: documents-team
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
    ///   tags: pdf, forms
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `metadata` field; `skills-ref` 0.1.1 and `quick_validate.py`, read 2026-11.
    "metadata-at-top-level", Suspicious, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let mut is_first = true;
    for (key, value) in page.parts.fields() {
        let Some(name) = key.as_text().filter(|name| fields::METADATA.contains(name)) else {
            continue;
        };
        let finding = report
            .at(
                &page.source,
                key.span,
                format!("`{name}` stands at the top, not under `metadata`"),
            )
            .help("move it under `metadata`, as text");
        // One at a time: two that both make the map would make it twice.
        let edits = is_first.then(|| moved(page, key, value)).flatten();
        is_first = is_first && edits.is_none();
        if let Some(edits) = edits {
            // Programs of the author may look for the key where it stands.
            finding.fix(Fix::risky(format!("move `{name}` under `metadata`"), edits));
        }
    }
}

/// The edits that move a pair under `metadata`; none where that cannot be done line by line.
fn moved(page: &Page, key: &Node, value: &Node) -> Option<Vec<Edit>> {
    let text = match &value.value {
        Value::Scalar { text, .. } => text.clone(),
        Value::List(items) => {
            let items: Option<Vec<&str>> = items.iter().map(Node::as_text).collect();
            items?.join(", ")
        }
        Value::Map(_) | Value::Alias => return None,
    };
    let source = page.source.text();
    let pair = Span::new(key.span.start, value.span.end);
    let is_alone = source[..pair.start].ends_with('\n')
        && source[pair.end..].starts_with(['\n', '\r'])
        && !page.source.slice(pair).contains('#');
    let line = format!("  {}: {}", key.as_text()?, yaml::quoted(&text));
    let Some((parent, map)) = page.field("metadata") else {
        return is_alone.then(|| vec![Edit::replace(pair, format!("metadata:\n{line}"))]);
    };
    let (_, last) = map.as_map()?.last()?;
    let is_block = page
        .source
        .slice(Span::new(parent.span.end, map.span.start))
        .contains('\n');
    let is_indented_by_two = source[..map.span.start].ends_with("\n  ");
    let is_plain = matches!(
        last.value,
        Value::Scalar {
            style: Style::Plain | Style::SingleQuoted | Style::DoubleQuoted,
            ..
        }
    );
    let has_no_twin = map
        .as_map()?
        .iter()
        .all(|(other, _)| other.as_text() != key.as_text());
    let end = page.source.line_span(page.source.locate(last.span.end).line).end;
    (is_alone && is_block && is_indented_by_two && is_plain && has_no_twin).then(|| {
        let rest = &source[pair.end..];
        let break_length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        vec![
            Edit::insert(end, format!("\n{line}")),
            Edit::delete(Span::new(pair.start, pair.end + break_length)),
        ]
    })
}
