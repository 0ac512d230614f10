//! Where the strings of Python end, f-strings with all that nests inside of them included.

use super::super::Fault;

/// Deepest nesting of f-strings in f-strings.
const MAX_DEPTH: usize = 20;

/// The letters before a quote.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Prefix {
    raw: bool,
    format: bool,
}

impl Prefix {
    pub(super) fn of(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        matches!(
            word.as_str(),
            "" | "r" | "b" | "u" | "f" | "t" | "rb" | "br" | "fr" | "rf" | "tr" | "rt"
        )
        .then(|| Self {
            raw: word.contains('r'),
            format: word.contains(['f', 't']),
        })
    }
}

/// The strings of a text.
pub(super) struct Strings<'a> {
    pub(super) text: &'a str,
}

impl Strings<'_> {
    /// The end of the string whose quote stands at `open`.
    pub(super) fn end(&self, open: usize, prefix: Prefix, depth: usize) -> Result<usize, Fault> {
        let quote = self.text.as_bytes()[open];
        let is_triple = self.text.as_bytes()[open..].starts_with(&[quote; 3]);
        let mut at = open + if is_triple { 3 } else { 1 };
        let unclosed = || {
            let what = if is_triple {
                "this triple-quoted string is never closed"
            } else {
                "this string does not end on its line"
            };
            Fault::new(open, what)
        };
        loop {
            match self.text.as_bytes().get(at) {
                None => return Err(unclosed()),
                Some(b'\n') if !is_triple => return Err(unclosed()),
                Some(b'\\')
                    if prefix.format && !prefix.raw && self.text.as_bytes()[at + 1..].starts_with(b"N{") =>
                {
                    at += self.text[at..].find('}').map_or(3, |length| length + 1);
                }
                Some(b'\\') if self.text.as_bytes()[at + 1..].starts_with(b"\r\n") => at += 3,
                Some(b'\\')
                    if prefix.format && matches!(self.text.as_bytes().get(at + 1), Some(b'{' | b'}')) =>
                {
                    at += 1;
                }
                Some(b'\\') => at += 2,
                Some(b'{') if prefix.format && self.text.as_bytes().get(at + 1) == Some(&b'{') => at += 2,
                Some(b'{') if prefix.format => at = self.field(at, is_triple, depth)?,
                Some(&byte) if byte == quote && !is_triple => return Ok(at + 1),
                Some(_) if is_triple && self.text.as_bytes()[at..].starts_with(&[quote; 3]) => {
                    return Ok(at + 3);
                }
                // Nothing but a quote, a backslash, a brace or a line break matters.
                Some(_) => {
                    let rest = &self.text.as_bytes()[at + 1..];
                    at += 1 + rest
                        .iter()
                        .position(|&byte| byte == quote || matches!(byte, b'\\' | b'{' | b'\n'))
                        .unwrap_or(rest.len());
                }
            }
        }
    }

    /// The end of the `{…}` of an f-string that begins at `open`.
    fn field(&self, open: usize, is_triple: bool, depth: usize) -> Result<usize, Fault> {
        let unclosed = || Fault::new(open, "this `{` of an f-string is never closed");
        if depth == MAX_DEPTH {
            return Err(unclosed());
        }
        let mut brackets = 0_usize;
        let mut at = open + 1;
        while let Some(&byte) = self.text.as_bytes().get(at) {
            match byte {
                b'}' if brackets == 0 => return Ok(at + 1),
                b'(' | b'[' | b'{' => brackets += 1,
                b')' | b']' | b'}' => brackets = brackets.saturating_sub(1),
                b'"' | b'\'' => {
                    let before = &self.text[open..at];
                    let word = before
                        .trim_end_matches(|next: char| next.is_ascii_alphabetic())
                        .len();
                    let prefix = Prefix::of(&before[word..]).unwrap_or_default();
                    at = self.end(at, prefix, depth + 1)?;
                    continue;
                }
                b'\n' if !is_triple => return Err(unclosed()),
                b':' if brackets == 0 => return self.format(at + 1, open, is_triple, depth),
                _ => {}
            }
            at += 1;
        }
        Err(unclosed())
    }

    /// The end of a field behind its colon.
    fn format(&self, from: usize, open: usize, is_triple: bool, depth: usize) -> Result<usize, Fault> {
        let mut at = from;
        while let Some(&byte) = self.text.as_bytes().get(at) {
            match byte {
                b'}' => return Ok(at + 1),
                b'{' => {
                    at = self.field(at, is_triple, depth + 1)?;
                    continue;
                }
                b'\n' if !is_triple => break,
                _ => {}
            }
            at += 1;
        }
        Err(Fault::new(open, "this `{` of an f-string is never closed"))
    }
}
