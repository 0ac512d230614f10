//! From text to tokens: what is a word, a quote, a comment, a semicolon.

use crate::text::Span;

use super::{Dialect, Token, TokenKind};

/// Cuts tokens off the front until the text is used up.
pub(super) struct Lexer<'a> {
    text: &'a str,
    dialect: Dialect,
    at: usize,
    pub(super) unclosed: Option<Span>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        Self {
            text,
            dialect,
            at: 0,
            unclosed: None,
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        let rest = &self.text[start..];
        let first = rest.chars().next()?;
        let (kind, length) = match first {
            '\u{feff}' if start == 0 => (TokenKind::Space, first.len_utf8()),
            _ if is_space(first) => (TokenKind::Space, run(rest, is_space)),
            '-' if rest.starts_with("--") => (TokenKind::Comment, run(rest, |c| c != '\n')),
            '/' if rest.starts_with("/*") => (TokenKind::Comment, self.block_comment(rest)),
            '\'' => (TokenKind::Quoted, self.quoted(rest, 0, '\'', false)),
            '"' => (TokenKind::Quoted, self.quoted(rest, 0, '"', false)),
            '`' if self.dialect == Dialect::Sqlite => (TokenKind::Quoted, self.quoted(rest, 0, '`', false)),
            '[' if self.dialect == Dialect::Sqlite => (TokenKind::Quoted, self.until(rest, 1, "]")),
            '$' if self.dialect == Dialect::Postgres => match dollar_tag(rest) {
                Some(tag) => (TokenKind::Quoted, self.until(rest, tag.len(), tag)),
                None => (TokenKind::Word, run(rest, is_word)),
            },
            _ if is_word(first) => self.word(rest),
            ';' => (TokenKind::Semicolon, 1),
            '(' => (TokenKind::Open, 1),
            ')' => (TokenKind::Close, 1),
            _ if is_operator(first) => (TokenKind::Operator, operator(rest)),
            _ => (TokenKind::Other, first.len_utf8()),
        };
        self.at = start + length;
        Some(Token {
            kind,
            span: Span::new(start, self.at),
        })
    }
}

impl Lexer<'_> {
    /// A word, or a string with a letter before it: `E'…'`, `X'…'`, `B'…'`, `N'…'`.
    fn word(&mut self, rest: &str) -> (TokenKind, usize) {
        let length = run(rest, is_word);
        let prefixed = length == 1 && rest[1..].starts_with('\'');
        match rest.as_bytes()[0].to_ascii_lowercase() {
            b'e' if prefixed && self.dialect == Dialect::Postgres => {
                (TokenKind::Quoted, self.quoted(rest, 1, '\'', true))
            }
            b'x' | b'b' | b'n' if prefixed => (TokenKind::Quoted, self.quoted(rest, 1, '\'', false)),
            _ => (TokenKind::Word, length),
        }
    }

    /// Length of a quoted token whose quote stands at `open`; a doubled quote stands for itself.
    fn quoted(&mut self, rest: &str, open: usize, quote: char, escapes: bool) -> usize {
        let mut inner = rest[open + 1..].char_indices().peekable();
        while let Some((at, character)) = inner.next() {
            if escapes && character == '\\' {
                inner.next();
            } else if character == quote && inner.next_if(|&(_, next)| next == quote).is_none() {
                return open + 1 + at + 1;
            }
        }
        self.never_closed(rest)
    }

    /// Length up to and with `close`, which is looked for from `from` on.
    fn until(&mut self, rest: &str, from: usize, close: &str) -> usize {
        match rest[from..].find(close) {
            Some(at) => from + at + close.len(),
            None => self.never_closed(rest),
        }
    }

    /// PostgreSQL's block comments nest; SQLite's end at the first `*/`, or with the text.
    fn block_comment(&mut self, rest: &str) -> usize {
        if self.dialect == Dialect::Sqlite {
            return rest[2..].find("*/").map_or(rest.len(), |at| at + 4);
        }
        let bytes = rest.as_bytes();
        let (mut depth, mut at) = (1, 2);
        while depth > 0 {
            match bytes.get(at..at + 2) {
                Some(b"/*") => (depth, at) = (depth + 1, at + 2),
                Some(b"*/") => (depth, at) = (depth - 1, at + 2),
                Some(_) => at += 1,
                None => return self.never_closed(rest),
            }
        }
        at
    }

    fn never_closed(&mut self, rest: &str) -> usize {
        self.unclosed = Some(Span::new(self.at, self.text.len()));
        rest.len()
    }
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|character| !belongs(character)).unwrap_or(text.len())
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

/// Everything outside ASCII counts as a letter, for both engines.
fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$') || !character.is_ascii()
}

fn is_operator(character: char) -> bool {
    "+-*/<>=~!@#%^&|?:".contains(character)
}

/// A run of operator characters ends where a comment begins.
fn operator(rest: &str) -> usize {
    let ends = |at: usize| {
        let rest = &rest.as_bytes()[at..];
        rest.starts_with(b"--") || rest.starts_with(b"/*")
    };
    rest.char_indices()
        .find(|&(at, character)| !is_operator(character) || ends(at))
        .map_or(rest.len(), |(at, _)| at)
}

/// The opening `$tag$` of a dollar quote at the start of `rest`.
fn dollar_tag(rest: &str) -> Option<&str> {
    let end = rest[1..].find('$')? + 1;
    let tag = &rest[1..end];
    let good = tag.chars().all(is_word) && !tag.starts_with(|first: char| first.is_ascii_digit());
    good.then_some(&rest[..=end])
}
