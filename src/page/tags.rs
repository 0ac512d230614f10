//! XML-like tags that part the text of a page: `<rules>` at the beginning of a line, `</rules>` at the end of one.

use crate::page::Page;
use crate::text::Span;

/// A tag outside code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag<'a> {
    pub name: &'a str,
    pub span: Span,
    pub closes: bool,
}

/// Elements of HTML that need no closing tag.
const OPTIONAL: &[&str] = &[
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option",
    "p", "source", "td", "th", "tr", "wbr", "body", "html", "head", "tbody", "thead", "tfoot",
];

/// The tags that part the text: opened at the beginning of a line, closed at the end of one. A name in the middle of a sentence is
/// a mention. Code is told by its fences alone: an opening tag above a fence hides the fence from a reader of Markdown.
pub fn in_page(page: &Page) -> Vec<Tag<'_>> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Source;
    use proptest::prelude::*;

    #[test]
    fn only_tags_that_part_the_text_are_taken() {
        let text = "<rules kind=\"a\">\nFollow the <rules> below.\n</rules>\n<b>bold</b>\n<br>\n<Good>\n```ts\n<T>\n```\n</Good>\n`<x>`\n<y/>\n<!--\n<z>\n-->\nDone.</w>\n";
        let page = Page::read(Source::new("a.md", text));
        let found: Vec<(&str, bool)> = in_page(&page).iter().map(|tag| (tag.name, tag.closes)).collect();
        let expected = [
            ("rules", false),
            ("rules", true),
            ("Good", false),
            ("Good", true),
            ("w", true),
        ];
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn every_tag_lies_inside_the_text(text in "(<|</|>|a|b-|é| |\n|```|~~~|<!--|-->|/>){0,40}") {
            let page = Page::read(Source::new("a.md", text.as_str()));
            for tag in in_page(&page) {
                let written = text.get(tag.span.start..tag.span.end);
                prop_assert!(written.is_some_and(|written| written.starts_with('<') && written.ends_with('>')), "{tag:?}");
            }
        }
    }
}
