//! Text and the places in it: spans of bytes, lines and columns, edits.
//!
//! Every other room speaks of places in these words. Offsets are bytes of the file as it lies on disk (a byte order mark
//! counts), so that an edit computed here can be applied there.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// A half-open range of bytes in a text, `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// The span `start..end`; `end` is raised to `start` when it lies before it.
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }

    /// The empty span at `offset`.
    pub fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `offset` lies inside.
    pub fn contains(self, offset: usize) -> bool {
        self.start <= offset && offset < self.end
    }

    /// The same span moved `by` bytes to the right.
    #[must_use]
    pub fn shifted(self, by: usize) -> Self {
        Self::new(self.start + by, self.end + by)
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A place as people count it: both numbers start at 1, columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Location {
    pub line: usize,
    pub column: usize,
}

/// Where each line of a text begins.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    fn new(text: &str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0)
            .chain(breaks.map(|offset| offset + 1))
            .collect();
        Self { starts }
    }

    /// Zero-based number of the line that holds `offset`.
    fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset) - 1
    }
}

/// A text with the name of the file it came from.
#[derive(Debug, Clone)]
pub struct Source {
    path: Arc<str>,
    /// The bytes as they were read: an `Arc<str>` would be a copy of them.
    text: Arc<String>,
    /// Made when the first place is asked for, since most files are clean; clones share it.
    lines: Arc<OnceLock<LineIndex>>,
    invalid_at: Option<usize>,
    unreadable: Option<Arc<str>>,
}

impl Source {
    /// A source from text that is known to be UTF-8. `path` is what findings show.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: Arc::new(text.into()),
            lines: Arc::default(),
            invalid_at: None,
            unreadable: None,
        }
    }

    /// A source whose text nobody can read, for the reason given in a clause.
    pub fn unreadable(path: impl Into<Arc<str>>, reason: &str) -> Self {
        Self {
            unreadable: Some(reason.into()),
            ..Self::new(path, "")
        }
    }

    /// Why the text cannot be read, if so; it is empty then.
    pub fn why_unreadable(&self) -> Option<&str> {
        self.unreadable.as_deref()
    }

    /// A source from raw bytes. Bytes that are not UTF-8 become U+FFFD, and [`Source::invalid_at`] says where the first stood.
    pub fn from_bytes(path: impl Into<Arc<str>>, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::new(path, text),
            Err(error) => {
                let invalid_at = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                Self {
                    invalid_at: Some(invalid_at),
                    ..Self::new(path, text)
                }
            }
        }
    }

    /// The path as findings show it, with `/` between its parts.
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Byte offset of the first byte that was not UTF-8. Text and offsets before it are exact; after it they are not.
    pub fn invalid_at(&self) -> Option<usize> {
        self.invalid_at
    }

    fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Number of lines; a final line break does not begin another line.
    pub fn line_count(&self) -> usize {
        let breaks = self.lines().starts.len();
        if self.text.is_empty() || self.text.ends_with('\n') {
            breaks - 1
        } else {
            breaks
        }
    }

    /// Line and column of a byte offset. An offset past the end is the end; one inside a character is that character.
    pub fn locate(&self, offset: usize) -> Location {
        self.located(offset, |before| before.chars().count())
    }

    /// The same with columns that count UTF-16 code units, as editors and SARIF want them.
    pub fn locate_utf16(&self, offset: usize) -> Location {
        self.located(offset, |before| before.encode_utf16().count())
    }

    fn located(&self, offset: usize, length: impl Fn(&str) -> usize) -> Location {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        let line = self.lines().line_of(offset);
        Location {
            line: line + 1,
            column: length(&self.text[self.lines().starts[line]..offset]) + 1,
        }
    }

    /// The span of a line (counted from 1) without its line break; empty at the end of the text for a line that is not there.
    pub fn line_span(&self, line: usize) -> Span {
        let Some(&start) = line.checked_sub(1).and_then(|at| self.lines().starts.get(at)) else {
            return Span::at(self.text.len());
        };
        let end = self
            .lines()
            .starts
            .get(line)
            .map_or(self.text.len(), |&next| next - 1);
        let text = &self.text[start..end];
        Span::new(start, start + text.trim_end_matches('\r').len())
    }

    /// The text of `span`, cut to the text and to character boundaries.
    pub fn slice(&self, span: Span) -> &str {
        let start = self.text.floor_char_boundary(span.start.min(self.text.len()));
        let end = self.text.floor_char_boundary(span.end.min(self.text.len()));
        &self.text[start..end.max(start)]
    }
}

/// A replacement of the bytes of one span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub replacement: String,
}

impl Edit {
    pub fn replace(span: Span, replacement: impl Into<String>) -> Self {
        Self {
            span,
            replacement: replacement.into(),
        }
    }

    pub fn insert(offset: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::at(offset), text)
    }

    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }
}

/// The text after the edits, or `None` when two of them overlap or one does not lie on character boundaries of the text.
pub fn apply_edits(text: &str, edits: &[Edit]) -> Option<String> {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort_by_key(|edit| edit.span);
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in ordered {
        if edit.span.start < done {
            return None;
        }
        result.push_str(text.get(done..edit.span.start)?);
        text.get(edit.span.start..edit.span.end)?;
        result.push_str(&edit.replacement);
        done = edit.span.end;
    }
    result.push_str(text.get(done..)?);
    Some(result)
}

/// A path with `/` between its parts, whatever the system writes.
pub fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// Text from outside made safe for a terminal and the log of a CI system: control, bidirectional and other invisible format
/// characters (except line break and tab) become `\u{…}`, and so does the first character of what such a log would obey.
pub fn printable(text: &str) -> Cow<'_, str> {
    fn hostile(character: char) -> bool {
        match character {
            '\n' | '\t' => false,
            '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}' => true,
            other => other.is_control(),
        }
    }
    if !text.contains(hostile) && !text.contains("##") && !text.contains("::") {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for (at, character) in text.char_indices() {
        match character {
            '\r' => {}
            '#' | ':' if is_log_command(text, at) => safe.extend(character.escape_unicode()),
            _ if hostile(character) => safe.extend(character.escape_unicode()),
            _ => safe.push(character),
        }
    }
    Cow::Owned(safe)
}

/// Whether a command to a CI system begins at `at`: `##[…]` and `##vso[…]` are obeyed wherever they stand, `::name` where a line
/// begins.
fn is_log_command(text: &str, at: usize) -> bool {
    let is_letter = |character: char| character.is_ascii_alphabetic();
    if let Some(rest) = text[at..].strip_prefix("##") {
        return rest.trim_start_matches(is_letter).starts_with('[');
    }
    text[at..]
        .strip_prefix("::")
        .is_some_and(|rest| rest.starts_with(is_letter))
        && text[..at]
            .rsplit('\n')
            .next()
            .is_some_and(|before| before.trim().is_empty())
}

/// The candidate nearest to `word` by edit distance, if it is near enough to be what was meant (a third of the word's length).
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let limit = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| may_be_near(&word, candidate, limit))
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|&(distance, _)| distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Whether two words can be as near as `limit`, told by their lengths and the letters in them alone: an edit changes the length by
/// one at most and takes one letter for another. A letter outside ASCII says nothing.
fn may_be_near(word: &str, candidate: &str, limit: usize) -> bool {
    if !word.is_ascii() || !candidate.is_ascii() {
        return true;
    }
    let letters = |word: &str| {
        let bits = word.bytes().map(|byte| 1_u64 << (byte.to_ascii_lowercase() & 63));
        bits.fold(0, |all, bit| all | bit)
    };
    let (ours, theirs) = (letters(word), letters(candidate));
    let most = u32::try_from(limit).unwrap_or(u32::MAX);
    word.len().abs_diff(candidate.len()) <= limit
        && (ours & !theirs).count_ones() <= most
        && (theirs & !ours).count_ones() <= most
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let source = Source::new("a.md", "äb\r\ncd\n");
        assert_eq!(source.locate(0), Location { line: 1, column: 1 });
        assert_eq!(source.locate(2), Location { line: 1, column: 2 });
        assert_eq!(source.locate(5), Location { line: 2, column: 1 });
        assert_eq!(source.locate(99), Location { line: 3, column: 1 });
        assert_eq!(source.line_count(), 2);
        assert_eq!(source.slice(source.line_span(1)), "äb");
        assert_eq!(source.slice(source.line_span(2)), "cd");
        assert_eq!(source.slice(source.line_span(9)), "");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_reported_and_survived() {
        let source = Source::from_bytes("a.md", b"ok \xff\xfe".to_vec());
        assert_eq!(source.invalid_at(), Some(3));
        assert!(source.text().starts_with("ok "));
    }

    #[test]
    fn overlapping_edits_are_refused() {
        let edits = [Edit::delete(Span::new(0, 3)), Edit::delete(Span::new(2, 4))];
        assert_eq!(apply_edits("abcdef", &edits), None);
        let edits = [Edit::insert(3, "-"), Edit::delete(Span::new(0, 1))];
        assert_eq!(apply_edits("abcdef", &edits).as_deref(), Some("bc-def"));
    }

    #[test]
    fn hostile_characters_are_shown_not_sent() {
        assert_eq!(printable("plain\ttext\n"), "plain\ttext\n");
        assert_eq!(printable("\u{1b}[31mred\u{202e}"), "\\u{1b}[31mred\\u{202e}");
    }

    #[test]
    fn commands_to_a_log_are_shown_not_given() {
        for (text, shown) in [
            (" ::set-output name=x::y", " \\u{3a}:set-output name=x::y"),
            ("a\n\t::error::b", "a\n\t\\u{3a}:error::b"),
            ("see ##[add-mask]x", "see \\u{23}#[add-mask]x"),
            ("###vso[task.x]y", "#\\u{23}#vso[task.x]y"),
        ] {
            assert_eq!(printable(text), shown);
        }
        for text in ["std::path", "::", ":::note", "## Title [x]", "# a ## b"] {
            assert_eq!(printable(text), text);
        }
    }

    #[test]
    fn utf16_columns_count_code_units() {
        let source = Source::new("a.md", "x\na\u{1f600}é!");
        let end = source.text().len() - 1;
        assert_eq!(source.locate(end), Location { line: 2, column: 4 });
        assert_eq!(source.locate_utf16(end), Location { line: 2, column: 5 });
    }

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let keys = ["name", "description", "license"];
        assert_eq!(nearest("Name", keys), Some("name"));
        assert_eq!(nearest("descripton", keys), Some("description"));
        assert_eq!(nearest("metadata", keys), None);
    }

    proptest! {
        #[test]
        fn every_offset_has_a_place(text in "[a-zé\u{4e00}\r\n]{0,60}", offset in 0usize..200) {
            let source = Source::new("p", text.as_str());
            let place = source.locate(offset);
            prop_assert!(place.line >= 1 && place.column >= 1);
            prop_assert!(place.line <= source.line_count() + 1);
        }

        #[test]
        fn edits_never_split_a_character(text in "[aé\u{1f600}]{0,20}", start in 0usize..40, length in 0usize..10) {
            let edit = Edit::replace(Span::new(start, start + length), "x");
            if let Some(result) = apply_edits(&text, &[edit]) {
                prop_assert!(text.is_char_boundary(start));
                prop_assert_eq!(result.len(), text.len() - length + 1);
            }
        }
    }
}
