//! The structure of a Markdown body that rules look at: headings, links, code and comments, each with its span.

use std::borrow::Cow;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::text::Span;

/// A link or image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The whole link, brackets included.
    pub span: Span,
    /// The destination as the renderer sees it (escapes decoded, no title).
    pub destination: String,
    /// Where the destination stands; the whole link when it is written elsewhere (a reference link).
    pub destination_span: Span,
    pub is_image: bool,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    pub text: String,
    pub span: Span,
}

/// A fenced code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    pub span: Span,
    /// What stands after the opening backticks.
    pub info: String,
    /// Where it stands; empty, behind the backticks, when there is none.
    pub info_span: Span,
    /// Whether a closing fence was written.
    pub closed: bool,
    pub content: Content,
}

/// What stands between the fences, without the indentation and the `>` of the lists and quotes around them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Ascending and apart. A block outside of lists and quotes is one piece.
    pieces: Vec<Span>,
}

impl Content {
    /// The code. `text` is the text that was read; nothing is copied where the code stands in one piece.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.pieces.as_slice() {
            [] => Cow::Borrowed(""),
            [piece] => Cow::Borrowed(&text[piece.start..piece.end]),
            pieces => pieces
                .iter()
                .map(|piece| &text[piece.start..piece.end])
                .collect::<String>()
                .into(),
        }
    }

    /// Length of the code in bytes.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.end - piece.start).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Where byte `at` of the code stands in the text that was read; the end of the code for a byte past it.
    pub fn place(&self, at: usize) -> usize {
        let mut rest = at;
        for piece in &self.pieces {
            let length = piece.end - piece.start;
            if rest < length {
                return piece.start + rest;
            }
            rest -= length;
        }
        self.pieces.last().map_or(0, |last| last.end)
    }

    fn push(&mut self, piece: Span, text: &str) {
        match self.pieces.last_mut() {
            // The reader leaves the `\r` of `\r\n` out.
            Some(last) if matches!(text.get(last.end..piece.start), Some("" | "\r")) => last.end = piece.end,
            _ if piece.is_empty() => {}
            _ => self.pieces.push(piece),
        }
    }
}

/// What was found in one body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markdown {
    pub links: Vec<Link>,
    pub headings: Vec<Heading>,
    pub fences: Vec<Fence>,
    /// HTML comments, from `<!--` to `-->`.
    pub comments: Vec<Span>,
    /// Code inside a line, its backticks included, and indented code blocks; fences are not here.
    pub codes: Vec<Span>,
    /// Block quotes.
    pub quotes: Vec<Span>,
}

impl Markdown {
    /// Whether the byte at `at` stands in code or in a comment.
    pub fn is_code(&self, at: usize) -> bool {
        let holds = |spans: &[Span]| {
            let before = spans.partition_point(|span| span.start <= at);
            spans[..before].last().is_some_and(|span| span.contains(at))
        };
        let before = self.fences.partition_point(|fence| fence.span.start <= at);
        let in_fence = self.fences[..before]
            .last()
            .is_some_and(|fence| fence.span.contains(at));
        in_fence || holds(&self.codes) || holds(&self.comments)
    }
}

/// Reads the part `body` of a text. Spans are those of the whole text.
pub fn read(text: &str, body: Span) -> Markdown {
    let slice = &text[body.start..body.end];
    let mut found = Markdown::default();
    let mut heading: Option<Heading> = None;
    let mut in_fence = false;
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(slice, options).into_offset_iter() {
        let span = Span::from(range).shifted(body.start);
        match event {
            Event::Start(Tag::Link {
                link_type, dest_url, ..
            }) => {
                found.links.push(link(text, span, link_type, &dest_url, false));
            }
            Event::Start(Tag::Image {
                link_type, dest_url, ..
            }) => {
                found.links.push(link(text, span, link_type, &dest_url, true));
            }
            Event::Start(Tag::Heading { level, .. }) => {
                heading = Some(Heading {
                    level: level as u8,
                    text: String::new(),
                    span,
                });
            }
            Event::End(TagEnd::Heading(_)) => found.headings.extend(heading.take()),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                in_fence = true;
                found.fences.push(Fence {
                    span,
                    info: info.into_string(),
                    info_span: info_span(text, span),
                    closed: is_closed(&text[span.start..span.end]),
                    content: Content::default(),
                });
            }
            Event::End(TagEnd::CodeBlock) => in_fence = false,
            Event::Text(_) if in_fence => {
                if let Some(fence) = found.fences.last_mut() {
                    fence.content.push(span, text);
                }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => found.codes.push(span),
            Event::Start(Tag::BlockQuote(_)) => found.quotes.push(span),
            Event::Html(html) | Event::InlineHtml(html) if html.trim_start().starts_with("<!--") => {
                found.comments.push(comment(text, span, body.end));
            }
            Event::Text(words) | Event::Code(words) => {
                if text.as_bytes().get(span.start) == Some(&b'`')
                    && text[span.start..span.end].len() > words.len()
                {
                    found.codes.push(span);
                }
                if let Some(heading) = &mut heading {
                    heading.text.push_str(&words);
                }
            }
            _ => {}
        }
    }
    found
}

/// A comment from where it opens to where it closes: the parser gives a block of HTML line by line.
fn comment(text: &str, line: Span, end: usize) -> Span {
    let rest = &text[line.start..end];
    let close = rest.find("-->").map(|at| line.start + at + "-->".len());
    Span::new(line.start, close.map_or(line.end, |close| close.max(line.end)))
}

fn link(text: &str, span: Span, link_type: LinkType, destination: &str, is_image: bool) -> Link {
    let written = &text[span.start..span.end];
    let inline = matches!(link_type, LinkType::Inline);
    let found = written.rfind("](").filter(|_| inline).and_then(|bracket| {
        let after = bracket + 2;
        let at = written[after..].find(destination)?;
        Some(Span::new(
            span.start + after + at,
            span.start + after + at + destination.len(),
        ))
    });
    let scheme = if link_type == LinkType::Email {
        "mailto:"
    } else {
        ""
    };
    Link {
        span,
        destination: format!("{scheme}{destination}"),
        destination_span: found.unwrap_or(span),
        is_image,
    }
}

/// Where the info string of a fenced block stands.
fn info_span(text: &str, block: Span) -> Span {
    let block_text = &text[block.start..block.end];
    let line = block_text.split(['\n', '\r']).next().unwrap_or_default();
    let after = line.trim_start_matches([' ', '\t']);
    let after = after.trim_start_matches(if after.starts_with('~') { '~' } else { '`' });
    let info = after.trim();
    let start = line.len() - after.trim_start().len();
    Span::new(block.start + start, block.start + start + info.len())
}

/// Whether the text of a fenced block ends with a fence as long as the one it begins with.
fn is_closed(block: &str) -> bool {
    let opening = block.trim_start();
    let Some(mark) = opening.chars().next() else {
        return true;
    };
    let length = opening.chars().take_while(|&next| next == mark).count();
    let mut lines = block.trim_end().lines();
    let last = lines.next_back().unwrap_or_default();
    let is_only_line = lines.next().is_none();
    // Inside quotes and lists the line carries their markers first.
    let last = last.trim_start_matches([' ', '\t', '>']).trim_end();
    !is_only_line && last.chars().count() >= length && last.chars().all(|next| next == mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(text: &str) -> Markdown {
        read(text, Span::new(0, text.len()))
    }

    #[test]
    fn links_in_code_are_not_links() {
        let text =
            "See [guide](references/guide.md \"t\") and `[a](b.md)`.\n\n```\n[c](d.md)\n```\n![i](x.png)\n";
        let markdown = whole(text);
        let found: Vec<(&str, bool)> = markdown
            .links
            .iter()
            .map(|link| (link.destination.as_str(), link.is_image))
            .collect();
        assert_eq!(found, [("references/guide.md", false), ("x.png", true)]);
        let place = markdown.links[0].destination_span;
        assert_eq!(&text[place.start..place.end], "references/guide.md");
    }

    #[test]
    fn a_link_around_an_image_points_at_its_own_destination() {
        let text = "[![alt](a.png)](b.md)";
        let markdown = whole(text);
        let place = markdown.links[0].destination_span;
        assert_eq!(&text[place.start..place.end], "b.md");
    }

    #[test]
    fn unclosed_fences_are_seen() {
        assert!(!whole("```sh\nls\n").fences[0].closed);
        assert!(!whole("````\n```\n").fences[0].closed);
        assert!(whole("```sh\nls\n```\n").fences[0].closed);
        assert!(whole("> ~~~\n> x\n> ~~~\n").fences[0].closed);
        assert!(whole("- item\n  ```\n  x\n  ```\n").fences[0].closed);
        assert!(!whole("```").fences[0].closed);
    }

    #[test]
    fn a_comment_is_one_span_over_all_its_lines() {
        let text = "A <!-- b --> c.\n\n<!-- d\ne\n\nf -->\n\n<div>\n<!-- g -->\n</div>\n";
        let found: Vec<&str> = (whole(text).comments.iter())
            .map(|span| text[span.start..span.end].trim_end())
            .collect();
        assert_eq!(found, ["<!-- b -->", "<!-- d\ne\n\nf -->", "<!-- g -->"]);
    }

    #[test]
    fn code_is_read_without_what_stands_around_it() {
        let text = "```py bad\na\n\nb\n```\n1. x\n\n   ~~~~ sh\n   é {\n     ls\n   }\n   ~~~~\n> ```\r\n> a\r\n> b\r\n> ```\r\n\r\n```\r\nc\r\n\r\nd\r\n```\r\n```\n```\n";
        let found = whole(text);
        let seen: Vec<(&str, Cow<'_, str>)> = found
            .fences
            .iter()
            .map(|fence| {
                (
                    &text[fence.info_span.start..fence.info_span.end],
                    fence.content.text(text),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("py bad", "a\n\nb\n".into()),
                ("sh", "é {\n  ls\n}\n".into()),
                ("", "a\r\nb\r\n".into()),
                ("", "c\r\n\r\nd\r\n".into()),
                ("", "".into()),
            ]
        );
        for fence in found.fences {
            let code = fence.content.text(text).into_owned();
            assert_eq!(code.len(), fence.content.len());
            for (at, character) in code.char_indices() {
                assert!(text[fence.content.place(at)..].starts_with(character));
            }
        }
    }

    #[test]
    fn headings_keep_their_code_words() {
        let markdown = whole("# Use `grep` well\n\nx\n\nTwo\n---\n");
        let found: Vec<(u8, &str)> = markdown
            .headings
            .iter()
            .map(|heading| (heading.level, heading.text.as_str()))
            .collect();
        assert_eq!(found, [(1, "Use grep well"), (2, "Two")]);
    }

    proptest! {
        #[test]
        fn spans_lie_inside_the_text(text in "(\\[|\\]|\\(|\\)|`{1,4}|~~~|<!--|-->|# |> |- |\n|é|a|!){0,30}") {
            let markdown = whole(&text);
            let spans = markdown.links.iter().flat_map(|link| [link.span, link.destination_span])
                .chain(markdown.fences.iter().flat_map(|fence| [fence.span, fence.info_span]))
                .chain(markdown.fences.iter().flat_map(|fence| fence.content.pieces.iter().copied()))
                .chain(markdown.comments.iter().copied());
            for span in spans {
                prop_assert!(text.get(span.start..span.end).is_some());
            }
        }
    }
}
