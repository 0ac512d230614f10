use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::Span;

rule! {
    /// An XML-like tag in the text is opened and not closed, or closed and not opened.
    ///
    /// Tags part instructions from data; where one is missing, a model takes the rest of the page for data, or data for
    /// instructions. Only names that are opened somewhere and closed somewhere are judged, so that `<name>` as a placeholder
    /// passes, and neither code nor a tag in the middle of a line, which is a mention.
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

/// The tags that part the text: opened at the beginning of a line, closed at the end of one. A name in the middle of a sentence is
/// a mention. Code is told by its fences alone: an opening tag above a fence hides the fence from a reader of Markdown.
fn tags(page: &Page) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut fence: Option<&str> = None;
    let mut start = page.parts.body.start;
    for line in page.body().split_inclusive('\n') {
        let words = line.trim();
        let begin = start + line.len() - line.trim_start().len();
        let marks = words.len() - words.trim_start_matches(['`', '~']).len();
        start += line.len();
        match fence {
            Some(open) if marks >= open.len() && words.len() == marks => fence = None,
            None if marks >= 3 => fence = Some(&words[..marks]),
            _ if fence.is_some() => {}
            _ => {
                let first = tag(words).filter(|(name, _)| !words.contains(&format!("</{name}>")));
                let last = words
                    .rfind("</")
                    .and_then(|at| Some((at, tag_closed(&words[at..])?)));
                if let Some((name, length)) = first {
                    let span = Span::new(begin, begin + length);
                    found.push(Tag {
                        name,
                        span,
                        closes: false,
                    });
                } else if let Some((at, name)) = last
                    && !words[..at].contains(&format!("<{name}"))
                {
                    let span = Span::new(begin + at, begin + words.len());
                    found.push(Tag {
                        name,
                        span,
                        closes: true,
                    });
                }
            }
        }
    }
    found.retain(|tag| {
        !page
            .markdown
            .comments
            .iter()
            .any(|comment| comment.contains(tag.span.start))
    });
    found
}

/// The name and the length of the opening tag that the line begins with.
fn tag(line: &str) -> Option<(&str, usize)> {
    let rest = line.strip_prefix('<')?;
    let name = name(rest)?;
    let end = rest
        .find(['>', '<'])
        .filter(|&end| rest[end..].starts_with('>'))?;
    let attributes = &rest[name.len()..end];
    let is_open = (attributes.is_empty() || attributes.starts_with(' ')) && !attributes.ends_with('/');
    is_open.then_some((name, end + 2))
}

/// The name of a closing tag that is all of the text.
fn tag_closed(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("</")?.strip_suffix('>')?;
    name(rest).filter(|name| name.len() == rest.len())
}

/// The name of an element that must be closed.
fn name(text: &str) -> Option<&str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    let name = &text[..text.find(|character| !is_part(character)).unwrap_or(text.len())];
    let is_optional = OPTIONAL.iter().any(|known| known.eq_ignore_ascii_case(name));
    (name.starts_with(|first: char| first.is_ascii_alphabetic()) && !is_optional).then_some(name)
}
