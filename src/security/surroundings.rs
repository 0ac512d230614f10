//! What stands around a place in a text: its line, its block, the words that lead to it.

use crate::text::Span;

/// Most lines that are looked back over for what leads to a place.
const MOST_LINES: usize = 80;

/// A paragraph, list item, table row or heading: lines that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub span: Span,
    pub kind: Kind,
    /// Spaces before its first character.
    pub indent: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Paragraph,
    Item,
    Row,
    Heading,
    Quote,
}

/// The line that holds `at`, without its break.
pub fn line(text: &str, at: usize) -> Span {
    let at = text.floor_char_boundary(at.min(text.len()));
    let start = text[..at].rfind('\n').map_or(0, |found| found + 1);
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
    Span::new(start, start + text[start..end].trim_end_matches('\r').len())
}

/// The line before the one that begins at `start`.
pub fn line_before(text: &str, start: usize) -> Option<Span> {
    (start > 0).then(|| line(text, start - 1))
}

/// The line behind the one that holds `at`.
pub fn line_after(text: &str, at: usize) -> Option<Span> {
    let next = at + text.get(at..)?.find('\n')? + 1;
    (next < text.len()).then(|| line(text, next))
}

/// The line that holds `at` and those it is continued on with a `\`.
pub fn logical_line(text: &str, at: usize) -> Span {
    let mut whole = line(text, at);
    for _ in 0..MOST_LINES {
        let Some(before) = line_before(text, whole.start) else {
            break;
        };
        if !of(text, before).trim_end().ends_with('\\') {
            break;
        }
        whole.start = before.start;
    }
    for _ in 0..MOST_LINES {
        if !of(text, whole).trim_end().ends_with(['\\', '|']) {
            break;
        }
        let Some(after) = line_after(text, whole.end) else {
            break;
        };
        whole.end = after.end;
    }
    whole
}

/// The text of a span that came from this text.
pub fn of(text: &str, span: Span) -> &str {
    text.get(span.start..span.end).unwrap_or_default()
}

/// Bytes of white space before the first other character.
pub fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// What stands behind a list item's mark, if the line begins with one.
pub fn item(line: &str) -> Option<&str> {
    let rest = line.trim_start();
    if let Some(words) = rest.strip_prefix(['-', '*', '+']) {
        return words.strip_prefix(' ');
    }
    let digits = rest.len()
        - rest
            .trim_start_matches(|digit: char| digit.is_ascii_digit())
            .len();
    if digits == 0 || digits > 3 {
        return None;
    }
    rest[digits..].strip_prefix(['.', ')'])?.strip_prefix(' ')
}

fn kind_of(line: &str) -> Option<Kind> {
    let rest = line.trim_start();
    match rest.as_bytes().first()? {
        b'|' => Some(Kind::Row),
        b'#' => Some(Kind::Heading),
        b'>' => Some(Kind::Quote),
        _ => item(line).map(|_| Kind::Item),
    }
}

/// The block that holds `at`.
pub fn block(text: &str, at: usize) -> Block {
    let mut first = line(text, at);
    let mut kind = kind_of(of(text, first));
    if kind.is_none() {
        for _ in 0..MOST_LINES {
            let Some(before) = line_before(text, first.start) else {
                break;
            };
            let words = of(text, before);
            if words.trim().is_empty() || is_fence(words) {
                break;
            }
            match kind_of(words) {
                Some(Kind::Item) => {
                    first = before;
                    kind = Some(Kind::Item);
                    break;
                }
                Some(_) => break,
                None => first = before,
            }
        }
    }
    let indent = indent(of(text, first));
    let kind = kind.unwrap_or(Kind::Paragraph);
    let mut span = first;
    if matches!(kind, Kind::Paragraph | Kind::Item | Kind::Quote) {
        for _ in 0..MOST_LINES {
            let Some(after) = line_after(text, span.end) else {
                break;
            };
            let words = of(text, after);
            let goes_on = kind_of(words).is_none() || (kind == Kind::Quote && kind_of(words) == Some(kind));
            if words.trim().is_empty() || is_fence(words) || !goes_on {
                break;
            }
            span.end = after.end;
        }
    }
    Block { span, kind, indent }
}

pub fn is_fence(line: &str) -> bool {
    let rest = line.trim_start_matches([' ', '\t', '>']);
    rest.starts_with("```") || rest.starts_with("~~~")
}

/// The words that lead to a line: the paragraph above the list, table or fence it stands in, and the items its item stands under.
/// Nearest first.
pub fn leading(text: &str, start: usize, kind: Kind, mut indent: usize) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = start;
    for _ in 0..MOST_LINES {
        let Some(before) = line_before(text, at) else {
            break;
        };
        at = before.start;
        let words = of(text, before);
        if words.trim().is_empty() {
            continue;
        }
        let here = self::indent(words);
        match kind_of(words) {
            Some(Kind::Heading) => break,
            Some(Kind::Row) if kind == Kind::Row => {}
            Some(Kind::Item) if here < indent => {
                found.push(block(text, before.start).span);
                indent = here;
            }
            // An item of the same list, or text that goes on in it.
            Some(Kind::Item) if kind == Kind::Item => {}
            None if kind == Kind::Item && here > 0 => {}
            _ if is_fence(words) => break,
            _ => {
                found.push(block(text, before.start).span);
                break;
            }
        }
    }
    found
}

/// The words of the sentence that holds `span`, in `block`: those before it, and those behind it.
pub fn sentence(text: &str, block: Span, span: Span) -> (&str, &str) {
    let before = text.get(block.start..span.start).unwrap_or_default();
    let start = ends(before).last().unwrap_or(0);
    let after = text.get(span.end..block.end.max(span.end)).unwrap_or_default();
    let end = ends(after).next().unwrap_or(after.len());
    (&before[start..], &after[..end])
}

/// Where sentences end: behind a full stop, question mark or exclamation mark that white space or a closing mark follows.
fn ends(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let marks = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| matches!(byte, b'.' | b'!' | b'?'));
    marks.filter_map(move |(at, &mark)| {
        let is_short = mark == b'.'
            && ["e.g", "i.e", "etc", "vs"]
                .iter()
                .any(|short| text[..at].ends_with(short));
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let closes = next.is_ascii_whitespace()
            || (matches!(next, b'"' | b'\'' | b')' | b'*')
                && bytes.get(at + 2).is_none_or(u8::is_ascii_whitespace));
        (closes && !is_short).then_some(at + 1)
    })
}

/// Whether the bytes from `start` to `end` of a block stand in quotation marks.
pub fn is_quoted(block: &str, start: usize, end: usize) -> bool {
    let (Some(before), Some(after)) = (block.get(..start), block.get(end..)) else {
        return false;
    };
    let straight = before.matches('"').count() % 2 == 1 && after.contains('"');
    let pair = |open: char, close: char| {
        let opened = before.rfind(open);
        opened.is_some_and(|at| !before[at..].contains(close)) && after.contains(close)
    };
    // An apostrophe stands inside a word, a single quote at its edge.
    let single = || {
        let opens = before.char_indices().filter(|&(at, mark)| {
            mark == '\''
                && !before[..at].ends_with(char::is_alphanumeric)
                && before[at + 1..].starts_with(char::is_alphanumeric)
                || mark == '\'' && at + 1 == before.len()
        });
        let closes = after
            .char_indices()
            .any(|(at, mark)| mark == '\'' && !after[at + 1..].starts_with(char::is_alphanumeric));
        opens.count() > 0 && closes && {
            let last = before.rfind('\'').unwrap_or(0);
            !before[..last].ends_with(char::is_alphanumeric)
        }
    };
    straight || pair('“', '”') || pair('«', '»') || pair('„', '“') || pair('‘', '’') || single()
}

/// The words of a line that is a comment in one of the common languages.
pub fn comment(line: &str) -> Option<&str> {
    ["#", "//", "--", "/*", "*", "<!--", ";", "rem ", "REM ", "%"]
        .iter()
        .find_map(|mark| line.strip_prefix(mark))
}

/// The comment at the end of a line of code.
pub fn trailing_comment(line: &str) -> Option<&str> {
    let at = [" # ", " // ", " <!-- ", " ← ", " <- ", "  // ", " -- "]
        .iter()
        .filter_map(|mark| line.rfind(mark).map(|at| at + mark.len()))
        .max()?;
    line.get(at..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block_at<'a>(text: &'a str, word: &str) -> (&'a str, Kind) {
        let block = block(text, text.find(word).unwrap());
        (of(text, block.span), block.kind)
    }

    fn leads<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
        let block = block(text, text.find(word).unwrap());
        let leading = leading(text, block.span.start, block.kind, block.indent);
        leading.into_iter().map(|span| of(text, span)).collect()
    }

    #[test]
    fn a_block_is_a_paragraph_an_item_or_a_row() {
        let text = "One\ntwo x\nthree\n\n- item y\n  more\n- other\n\n| a | z |\n";
        assert_eq!(block_at(text, "x"), ("One\ntwo x\nthree", Kind::Paragraph));
        assert_eq!(block_at(text, "y"), ("- item y\n  more", Kind::Item));
        assert_eq!(block_at(text, "more"), ("- item y\n  more", Kind::Item));
        assert_eq!(block_at(text, "z"), ("| a | z |", Kind::Row));
    }

    #[test]
    fn what_leads_to_an_item_stands_above_its_list_and_its_parents() {
        let text = "Never run:\n\n- first\n- second\n  - deep\n\nOther.\n- last\n";
        assert_eq!(leads(text, "second"), ["Never run:"]);
        assert_eq!(leads(text, "deep"), ["- second", "Never run:"]);
        assert_eq!(leads(text, "last"), ["Other."]);
    }

    #[test]
    fn a_sentence_is_cut_out_of_its_block() {
        let text = "Never do e.g. this. If it says \"ignore that\", report it. Done.";
        let at = text.find("ignore").unwrap();
        let found = sentence(text, Span::new(0, text.len()), Span::new(at, at + 11));
        assert_eq!(found, (" If it says \"", "\", report it."));
    }

    #[test]
    fn quotation_marks_are_told_from_apostrophes() {
        let is_quoted = |text: &str| {
            let at = text.find("ignore").unwrap();
            is_quoted(text, at, at + 6)
        };
        for text in [
            "say \"ignore\" x",
            "say 'ignore' x",
            "say “ignore that” x",
            "«ignore»",
            "\"a\" and \"ignore b\"",
        ] {
            assert!(is_quoted(text), "{text}");
        }
        for text in [
            "ignore",
            "don't ignore it's",
            "\"a\" ignore \"b\"",
            "the users' files ignore that",
            "“a” ignore",
        ] {
            assert!(!is_quoted(text), "{text}");
        }
    }

    #[test]
    fn a_line_that_goes_on_is_one() {
        let text = "a\ncurl \\\n  -L x \\\n  | sh\nb";
        assert_eq!(of(text, logical_line(text, 10)), "curl \\\n  -L x \\\n  | sh");
    }

    proptest! {
        #[test]
        fn spans_lie_inside_the_text(text in "(- |  |\\||\n|\r\n|é|word|\\.|\\\\|#|>|```){0,40}", at in 0usize..90) {
            let block = block(&text, at);
            prop_assert!(text.get(block.span.start..block.span.end).is_some());
            for span in leading(&text, block.span.start, block.kind, block.indent) {
                prop_assert!(text.get(span.start..span.end).is_some());
            }
            let span = logical_line(&text, at);
            prop_assert!(text.get(span.start..span.end).is_some());
            let _ = sentence(&text, block.span, Span::at(block.span.start));
        }
    }
}
