use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::Span;

rule! {
    /// An XML-like tag in the text is opened and not closed, or closed and not opened.
    ///
    /// Tags part instructions from data; where one is missing, a model takes the rest of the page for data, or data for instructions. Only
    /// names that are opened somewhere and closed somewhere are judged, so that `<name>` as a placeholder passes, and nothing in code.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// <rules>
    /// Read the file.
    /// </rules>
    ///
    /// <rules>
    /// Read it again.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// <rules>
    /// Read the file.
    /// </rules>
    ///
    /// Open `<rules>` or <file>.
    /// ```
    ///
    /// Source: Claude documentation, "Skill authoring best practices", on XML tags; the XML 1.0 specification, section 3.
    "tag-unbalanced", Suspicious, "0.1.0", Page, check
}

/// Elements of HTML that need no closing tag.
const OPTIONAL: &[&str] = &[
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option",
    "p", "source", "td", "th", "tr", "wbr", "body", "html", "head", "tbody", "thead", "tfoot",
];

/// A tag outside code.
struct Tag<'a> {
    name: &'a str,
    span: Span,
    closes: bool,
}

fn check(page: &Page, report: &mut Report<'_>) {
    if !page.body().contains("</") {
        return;
    }
    let tags = tags(page);
    let mut open: Vec<&Tag<'_>> = Vec::new();
    for tag in &tags {
        let is_pair = |closes| {
            tags.iter()
                .any(|other| other.name == tag.name && other.closes == closes)
        };
        if !is_pair(true) || !is_pair(false) {
            continue;
        }
        if !tag.closes {
            open.push(tag);
        } else if let Some(at) = open.iter().rposition(|other| other.name == tag.name) {
            open.remove(at);
        } else {
            report
                .at(
                    &page.source,
                    tag.span,
                    format!("`</{}>` closes nothing", tag.name),
                )
                .help("remove it, or open the tag where its part begins");
        }
    }
    for tag in open {
        report
            .at(
                &page.source,
                tag.span,
                format!("`<{}>` is never closed", tag.name),
            )
            .help(format!("add `</{}>` where its part ends", tag.name));
    }
}

fn tags(page: &Page) -> Vec<Tag<'_>> {
    let body = page.parts.body;
    let text = page.body();
    let mut found = Vec::new();
    for (at, _) in text.match_indices('<') {
        let rest = &text[at + 1..];
        let (closes, rest) = match rest.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
        let name = &rest[..rest.find(|character| !is_part(character)).unwrap_or(rest.len())];
        let Some(end) = rest
            .find(['>', '<', '\n'])
            .filter(|&end| rest[end..].starts_with('>'))
        else {
            continue;
        };
        let attributes = &rest[name.len()..end];
        let is_tag = name.starts_with(|first: char| first.is_ascii_alphabetic())
            && (attributes.is_empty() || attributes.starts_with(' '))
            && !attributes.ends_with('/');
        let start = body.start + at;
        let is_optional = OPTIONAL.iter().any(|known| known.eq_ignore_ascii_case(name));
        if is_tag && !is_optional && !page.markdown.is_code(start) {
            let span = Span::new(start, start + 1 + usize::from(closes) + end + 1);
            found.push(Tag { name, span, closes });
        }
    }
    found
}
