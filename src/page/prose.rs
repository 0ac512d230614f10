//! The sentences of a page, without its code, and the phrases in them that rules about wording look for. Made when the first such
//! rule asks, in one walk that all of them share.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::document::markdown::Markdown;
use crate::text::Span;

use super::phrases::{Marker, PHRASES};

/// What a sentence stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A paragraph.
    Text,
    /// An item of a list.
    Item,
    Heading,
    /// A row of a table.
    Row,
}

/// One sentence; a heading and a row of a table are one each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    pub span: Span,
    pub kind: Kind,
    /// Whether it stands under a heading that announces examples, mistakes or the like.
    pub is_example: bool,
}

/// A phrase that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub marker: Marker,
    pub span: Span,
}

/// The prose of one page. Spans are those of the page's text.
#[derive(Debug, Clone, Default)]
pub struct Prose {
    /// The body with code, comments, quotations and destinations of links blotted out; every byte keeps its place.
    text: String,
    start: usize,
    sentences: Vec<Sentence>,
    marks: Vec<Mark>,
}

/// Words in headings over examples and over what not to do.
const EXAMPLES: &[&str] = &[
    "example",
    "anti-pattern",
    "antipattern",
    "bad",
    "wrong",
    "mistake",
    "pitfall",
    "red flag",
    "rationalization",
    "excuse",
    "template",
];

/// Abbreviations that end with a full stop and end no sentence.
const ABBREVIATIONS: &[&str] = &["e.g", "i.e", "etc", "vs", "cf", "approx", "no", "incl", "resp"];

/// Finds every phrase, in any letter case, the longest first.
static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(PHRASES.iter().map(|(_, phrase)| phrase))
        .ok()
});

impl Prose {
    pub fn read(source: &str, body: Span, markdown: &Markdown) -> Self {
        let text = blotted(source, body, markdown);
        let sentences = sentences(&text, body.start, markdown);
        let marks = marks(&text, body.start);
        Self {
            text,
            start: body.start,
            sentences,
            marks,
        }
    }

    /// In the order of the text.
    pub fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }

    /// The sentence that holds a byte of the page's text.
    pub fn sentence_at(&self, at: usize) -> Option<Sentence> {
        self.position(at).map(|position| self.sentences[position])
    }

    /// Whether the sentence is all of its paragraph.
    pub fn is_alone(&self, sentence: Sentence) -> bool {
        let before = self.text(Span::new(self.start, sentence.span.start));
        let after = self.text(Span::new(sentence.span.end, self.start + self.text.len()));
        let after = after.trim_start_matches(['*', '_']);
        let is_parted = |gap: &str| gap.matches('\n').count() > 1;
        let begins = before.trim().is_empty() || is_parted(&before[before.trim_end().len()..]);
        let rest = after.trim_start();
        begins && (rest.is_empty() || is_parted(&after[..after.len() - rest.len()]))
    }

    /// The sentence behind the one that holds a byte, if nothing but space is between them.
    pub fn sentence_after(&self, at: usize) -> Option<Sentence> {
        let next = *self.sentences.get(self.position(at)? + 1)?;
        let between = Span::new(self.sentence_at(at)?.span.end, next.span.start);
        (!self.text(between).contains('\n')).then_some(next)
    }

    fn position(&self, at: usize) -> Option<usize> {
        let after = self
            .sentences
            .partition_point(|sentence| sentence.span.start <= at);
        let position = after.checked_sub(1)?;
        self.sentences[position].span.contains(at).then_some(position)
    }

    /// The words in a span, without code: code in a line is backticks, quotations are quote marks.
    pub fn text(&self, span: Span) -> &str {
        let start = span.start.saturating_sub(self.start);
        let end = span.end.saturating_sub(self.start);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The phrases of one kind, in the order of the text.
    pub fn marks(&self, marker: Marker) -> impl Iterator<Item = Mark> {
        self.marks
            .iter()
            .copied()
            .filter(move |mark| mark.marker == marker)
    }

    /// The phrases of one kind that an instruction holds: text, not under examples, and the sentence with them.
    pub fn instructions(&self, marker: Marker) -> impl Iterator<Item = (Mark, Sentence)> {
        self.marks(marker).filter_map(|mark| {
            let sentence = self.sentence_at(mark.span.start)?;
            (matches!(sentence.kind, Kind::Text | Kind::Item) && !sentence.is_example)
                .then_some((mark, sentence))
        })
    }

    /// Whether a phrase of one kind stands in a span.
    pub fn has(&self, span: Span, marker: Marker) -> bool {
        let first = self.marks.partition_point(|mark| mark.span.start < span.start);
        let inside = self.marks[first..]
            .iter()
            .take_while(|mark| mark.span.end <= span.end);
        inside.into_iter().any(|mark| mark.marker == marker)
    }
}

/// The body with everything that is no prose blotted out, byte by byte.
fn blotted(source: &str, body: Span, markdown: &Markdown) -> String {
    let inside = |span: Span| {
        let start = span.start.saturating_sub(body.start);
        Span::new(start, span.end.saturating_sub(body.start))
    };
    let mut bytes = source.as_bytes()[body.start..body.end].to_vec();
    let fences = markdown.fences.iter().map(|fence| fence.span);
    let hidden = fences.chain(markdown.comments.iter().chain(&markdown.quotes).copied());
    for span in hidden {
        blot(&mut bytes, inside(span), b' ');
    }
    for span in &markdown.codes {
        blot(&mut bytes, inside(*span), b'`');
    }
    for link in &markdown.links {
        if link.destination_span != link.span {
            blot(&mut bytes, inside(link.destination_span), b' ');
        }
    }
    let text = String::from_utf8(bytes).unwrap_or_default();
    let quotations = quotations(&text);
    let mut bytes = text.into_bytes();
    for span in quotations {
        blot(&mut bytes, span, b'"');
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// Writes one character over all of a span but its line breaks.
fn blot(bytes: &mut [u8], span: Span, with: u8) {
    let part = bytes.get_mut(span.start..span.end).unwrap_or_default();
    for byte in part.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = with;
    }
}

/// What stands between double quotes on one line.
fn quotations(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut open: Option<usize> = None;
        for (at, character) in line
            .char_indices()
            .filter(|(_, character)| matches!(character, '"' | '“' | '”'))
        {
            let end = at + character.len_utf8();
            match open.take() {
                Some(from) => found.push(Span::new(start + from, start + end)),
                None => open = Some(at),
            }
        }
        start += line.len();
    }
    found
}

fn sentences(text: &str, start: usize, markdown: &Markdown) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut paragraph: Option<(Span, Kind)> = None;
    let mut headings = markdown.headings.iter().peekable();
    let mut is_example = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(at, at + line.len());
        at = span.end;
        let words = line.trim();
        let content = Span::new(
            span.start + line.len() - line.trim_start().len(),
            span.start + line.trim_end().len(),
        );
        let heading = headings.next_if(|heading| heading.span.start < start + span.end);
        if let Some(heading) = heading {
            let lower = heading.text.to_lowercase();
            is_example = EXAMPLES.iter().any(|word| lower.contains(word));
        }
        let is_row = words.starts_with('|');
        let item = item_length(words);
        if words.is_empty() || heading.is_some() || is_row || item > 0 {
            cut(text, paragraph.take(), is_example, &mut found);
        }
        if heading.is_some() || is_row {
            let kind = if is_row { Kind::Row } else { Kind::Heading };
            found.push(Sentence {
                span: content,
                kind,
                is_example,
            });
        } else if !words.is_empty() {
            let new = if item > 0 { Kind::Item } else { Kind::Text };
            let (open, kind) = paragraph.unwrap_or((Span::at(content.start + item), new));
            paragraph = Some((Span::new(open.start, content.end), kind));
        }
    }
    cut(text, paragraph, is_example, &mut found);
    for sentence in &mut found {
        sentence.span = sentence.span.shifted(start);
    }
    found
}

/// Length of the mark that begins an item of a list, with the space behind it; zero when there is none.
fn item_length(line: &str) -> usize {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mark = match line.as_bytes().get(digits) {
        Some(b'-' | b'*' | b'+') if digits == 0 => 1,
        Some(b'.' | b')') if (1..4).contains(&digits) => digits + 1,
        _ => return 0,
    };
    let rest = &line[mark..];
    if rest.starts_with(' ') {
        mark + rest.len() - rest.trim_start().len()
    } else {
        0
    }
}

/// Cuts a paragraph into sentences: at a mark that ends one, followed by space.
fn cut(text: &str, paragraph: Option<(Span, Kind)>, is_example: bool, found: &mut Vec<Sentence>) {
    let Some((paragraph, kind)) = paragraph else {
        return;
    };
    let mut push = |from: usize, end: usize| {
        let piece = &text[from..end];
        let start = from + piece.len() - piece.trim_start().len();
        let span = Span::new(start, start + piece.trim().len());
        if !span.is_empty() {
            found.push(Sentence {
                span,
                kind,
                is_example,
            });
        }
    };
    let words = &text[paragraph.start..paragraph.end];
    let mut from = 0;
    for (at, mark) in words.match_indices(['.', '!', '?']) {
        let end = at + mark.len();
        let before = words[from..at]
            .rsplit([' ', '(', '\n'])
            .next()
            .unwrap_or_default();
        let ends = words[end..].starts_with([' ', '\n', '\r'])
            && !ABBREVIATIONS.contains(&before.to_lowercase().as_str());
        if ends {
            push(paragraph.start + from, paragraph.start + end);
            from = end;
        }
    }
    push(paragraph.start + from, paragraph.end);
}

fn marks(text: &str, start: usize) -> Vec<Mark> {
    let Some(finder) = FINDER.as_ref() else {
        return Vec::new();
    };
    let bytes = text.as_bytes();
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    finder
        .find_iter(text)
        .filter(|found| {
            let parts_words = |at: usize| bytes[at].is_ascii_alphanumeric();
            let begins_inside = parts_words(found.start()) && is_letter(found.start().checked_sub(1));
            let ends_inside = parts_words(found.end() - 1) && is_letter(Some(found.end()));
            !begins_inside && !ends_inside
        })
        .filter_map(|found| {
            let (marker, _) = PHRASES.get(found.pattern().as_usize())?;
            let span = Span::new(found.start(), found.end()).shifted(start);
            Some(Mark {
                marker: *marker,
                span,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::markdown;
    use proptest::prelude::*;

    fn prose(text: &str) -> Prose {
        let body = Span::new(0, text.len());
        Prose::read(text, body, &markdown::read(text, body))
    }

    #[test]
    fn sentences_are_cut_where_readers_cut_them() {
        let text = "# Title\n\nUse it, e.g. for `a. b`. Then\nstop.\n\n- One item. Two\n  lines\n1. Three\n\n```sh\nNo sentence.\n```\n\n| a | b. c |\n";
        let found = prose(text);
        let seen: Vec<(&str, Kind)> = (found.sentences().iter())
            .map(|sentence| (&text[sentence.span.start..sentence.span.end], sentence.kind))
            .collect();
        assert_eq!(
            seen,
            [
                ("# Title", Kind::Heading),
                ("Use it, e.g. for `a. b`.", Kind::Text),
                ("Then\nstop.", Kind::Text),
                ("One item.", Kind::Item),
                ("Two\n  lines", Kind::Item),
                ("Three", Kind::Item),
                ("| a | b. c |", Kind::Row),
            ]
        );
    }

    #[test]
    fn phrases_are_found_as_words_and_outside_code_and_quotations() {
        let text =
            "Perhaps use `perhaps`, \"perhaps\" or perhapses.\n\n> Perhaps.\n\n## Examples\n\nPerhaps.\n";
        let found = prose(text);
        let all: Vec<usize> = found.marks(Marker::Hedge).map(|mark| mark.span.start).collect();
        assert_eq!(all, [0, text.rfind("Perhaps").unwrap()]);
        assert_eq!(found.instructions(Marker::Hedge).count(), 1);
    }

    proptest! {
        #[test]
        fn every_span_lies_inside_the_text_in_order(text in "(\"|“|”|`{1,3}|~~~|<!--|-->|# |> |- |1\\. |\\| |\n|é|Perhaps|\\. |!|\\[a\\]\\(b\\)){0,40}") {
            let found = prose(&text);
            prop_assert_eq!(found.text.len(), text.len());
            let mut last = 0;
            for sentence in found.sentences() {
                prop_assert!(text.get(sentence.span.start..sentence.span.end).is_some());
                prop_assert!(sentence.span.start >= last);
                last = sentence.span.end;
            }
            for mark in &found.marks {
                prop_assert!(text.get(mark.span.start..mark.span.end).is_some());
            }
        }
    }
}
