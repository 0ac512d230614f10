//! Positions of the protocol, which count lines from 0 and columns in units that client and server agree on, and byte offsets.

use lsp_types::{Position, PositionEncodingKind, Range};

use crate::text::Span;

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    Utf8,
    /// What every client knows.
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    /// The one that costs least of those a client offers.
    pub fn of_offered(offered: &[&str]) -> Self {
        match offered {
            offered if offered.contains(&"utf-8") => Self::Utf8,
            offered if offered.contains(&"utf-16") || offered.is_empty() => Self::Utf16,
            offered if offered.contains(&"utf-32") => Self::Utf32,
            _ => Self::Utf16,
        }
    }

    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// Where the lines of a text begin. Lines end at `\n`, `\r\n` and `\r`, as the protocol has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    starts: Vec<usize>,
    encoding: Encoding,
}

impl Lines {
    pub fn new(text: &str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|&(at, &byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { starts, encoding }
    }

    /// The line that holds an offset, without its break.
    pub fn line_at(&self, text: &str, offset: usize) -> Span {
        self.line(text, self.number_of(offset))
    }

    /// Number of the line that holds an offset, counted from 0.
    pub fn number_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset) - 1
    }

    /// A line without its break; empty at the end of the text for one that is not there.
    pub fn line(&self, text: &str, number: usize) -> Span {
        let Some(&start) = self.starts.get(number) else {
            return Span::at(text.len());
        };
        let end = self.starts.get(number + 1).copied().unwrap_or(text.len());
        let line = text.get(start..end).unwrap_or_default();
        Span::new(start, start + line.trim_end_matches(['\n', '\r']).len())
    }

    /// The byte a position stands at. Past the end of a line is its end, inside a character its start.
    pub fn offset(&self, text: &str, position: Position) -> usize {
        let line = self.line(text, position.line as usize);
        let wanted = position.character as usize;
        let mut units = 0;
        for (at, character) in text[line.start..line.end].char_indices() {
            units += self.encoding.units(character);
            if units > wanted {
                return line.start + at;
            }
        }
        line.end
    }

    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let number = self.number_of(offset);
        let before = &text[self.starts[number]..offset];
        let units: usize = before
            .chars()
            .map(|character| self.encoding.units(character))
            .sum();
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position::new(small(number), small(units))
    }

    pub fn range(&self, text: &str, span: Span) -> Range {
        Range::new(self.position(text, span.start), self.position(text, span.end))
    }

    /// The bytes of a range, whichever end comes first.
    pub fn span(&self, text: &str, range: Range) -> Span {
        let (start, end) = (self.offset(text, range.start), self.offset(text, range.end));
        Span::new(start.min(end), start.max(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn columns_count_what_was_agreed() {
        let text = "aé😀b\r\nx\ry";
        for (encoding, column) in [(Encoding::Utf8, 7), (Encoding::Utf16, 4), (Encoding::Utf32, 3)] {
            let lines = Lines::new(text, encoding);
            assert_eq!(lines.position(text, 7), Position::new(0, column), "{encoding:?}");
            assert_eq!(lines.offset(text, Position::new(0, column)), 7);
            assert_eq!(lines.position(text, text.len()), Position::new(2, 1));
        }
        let lines = Lines::new(text, Encoding::Utf16);
        assert_eq!(
            lines.offset(text, Position::new(0, 3)),
            3,
            "inside a surrogate pair"
        );
        assert_eq!(lines.offset(text, Position::new(0, 99)), 8, "before the break");
        assert_eq!(lines.offset(text, Position::new(9, 9)), text.len());
        assert_eq!(&text[lines.line(text, 1).start..lines.line(text, 1).end], "x");
    }

    #[test]
    fn what_is_offered_is_taken_and_what_is_unknown_is_not() {
        assert_eq!(Encoding::of_offered(&["utf-16", "utf-8"]), Encoding::Utf8);
        assert_eq!(Encoding::of_offered(&["utf-32", "utf-16"]), Encoding::Utf16);
        assert_eq!(Encoding::of_offered(&["utf-32"]), Encoding::Utf32);
        assert_eq!(Encoding::of_offered(&["utf-7"]), Encoding::Utf16);
        assert_eq!(Encoding::of_offered(&[]), Encoding::Utf16);
    }

    fn encodings() -> impl Strategy<Value = Encoding> {
        prop::sample::select(vec![Encoding::Utf8, Encoding::Utf16, Encoding::Utf32])
    }

    proptest! {
        #[test]
        fn every_boundary_is_a_position_and_back(text in "[aé\u{1f600}\n\r]{0,30}", encoding in encodings()) {
            let lines = Lines::new(&text, encoding);
            for (at, _) in text.char_indices() {
                // The place between the two halves of a break is the end of the line before it.
                if text[..at].ends_with('\r') && text[at..].starts_with('\n') {
                    continue;
                }
                prop_assert_eq!(lines.offset(&text, lines.position(&text, at)), at);
            }
        }

        #[test]
        fn any_position_has_an_offset(text in "[aé\u{1f600}\n\r]{0,30}", line in 0u32..9, character in 0u32..9, encoding in encodings()) {
            let offset = Lines::new(&text, encoding).offset(&text, Position::new(line, character));
            prop_assert!(text.is_char_boundary(offset));
        }
    }
}
