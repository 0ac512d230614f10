//! From Python to tokens: names, numbers, strings, operators, and the lines and indentation that give them structure.

use super::super::Fault;
use super::strings::{Prefix, Strings};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Keyword,
    Number,
    Text,
    Operator,
    /// The end of a line with something on it, outside of brackets.
    Newline,
    Indent,
    Dedent,
    /// The end of the text, or of what could be read of it.
    End,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A text in tokens, as far as it could be read.
#[derive(Debug)]
pub(super) struct Lexed {
    /// Ends with one [`Kind::End`].
    pub(super) tokens: Vec<Token>,
    /// Why the text could not be read to its end.
    pub(super) fault: Option<Fault>,
    /// The first bracket that is never closed.
    pub(super) unclosed: Option<usize>,
    /// Starts of the lines where another snippet may begin: not indented, with a blank line or a comment above.
    pub(super) breaks: Vec<usize>,
}

fn is_keyword(word: &str) -> bool {
    // As bytes, which are told apart letter by letter and not word by word.
    matches!(
        word.as_bytes(),
        b"False"
            | b"None"
            | b"True"
            | b"and"
            | b"as"
            | b"assert"
            | b"async"
            | b"await"
            | b"break"
            | b"class"
            | b"continue"
            | b"def"
            | b"del"
            | b"elif"
            | b"else"
            | b"except"
            | b"finally"
            | b"for"
            | b"from"
            | b"global"
            | b"if"
            | b"import"
            | b"in"
            | b"is"
            | b"lambda"
            | b"nonlocal"
            | b"not"
            | b"or"
            | b"pass"
            | b"raise"
            | b"return"
            | b"try"
            | b"while"
            | b"with"
            | b"yield"
    )
}

/// Length of the operator at the head of `rest`; zero if there is none.
fn operator_length(rest: &[u8]) -> usize {
    let next = |at: usize| rest.get(at).copied().unwrap_or_default();
    match (next(0), next(1), next(2)) {
        (b'*', b'*', b'=')
        | (b'/', b'/', b'=')
        | (b'>', b'>', b'=')
        | (b'<', b'<', b'=')
        | (b'.', b'.', b'.') => 3,
        (b'*', b'*', _)
        | (b'/', b'/', _)
        | (b'>' | b'-', b'>', _)
        | (b'<', b'<', _)
        | (
            b'!' | b'<' | b'>' | b'=' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'@' | b':',
            b'=',
            _,
        ) => 2,
        (first, ..) => usize::from(b"()[]{},:.;@=+-*/%&|^~<>".contains(&first)),
    }
}

pub(super) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        brackets: Vec::new(),
        indents: Vec::new(),
        lexed: Lexed {
            tokens: Vec::with_capacity(text.len() / 4 + 2),
            fault: None,
            unclosed: None,
            breaks: Vec::new(),
        },
    };
    if let Err(fault) = lexer.run() {
        lexer.lexed.fault = Some(fault);
    }
    lexer.finish()
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Open brackets and their places.
    brackets: Vec<(u8, usize)>,
    /// Columns of the blocks around; the first is that of the first line, which in a fragment may be indented.
    indents: Vec<usize>,
    lexed: Lexed,
}

impl Lexer<'_> {
    fn run(&mut self) -> Result<(), Fault> {
        loop {
            if self.brackets.is_empty() && !self.line_start()? {
                return Ok(());
            }
            self.line()?;
            if self.at >= self.bytes.len() {
                return Ok(());
            }
        }
    }

    fn finish(mut self) -> Lexed {
        self.lexed.unclosed = self.brackets.first().map(|&(_, at)| at);
        let is_open_line = !matches!(
            self.lexed.tokens.last().map(|token| token.kind),
            None | Some(Kind::Newline | Kind::Dedent)
        );
        // What cannot be read is met by the parser as an end in the middle of things.
        if self.lexed.fault.is_none() && self.brackets.is_empty() {
            if is_open_line {
                self.push(Kind::Newline, self.at);
            }
            for _ in 1..self.indents.len() {
                self.push(Kind::Dedent, self.at);
            }
        }
        self.push(Kind::End, self.at);
        self.lexed
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.lexed.tokens.push(Token {
            kind,
            start,
            end: self.at,
        });
    }

    /// Goes to the first token of the next line that has one and says whether there is any.
    fn line_start(&mut self) -> Result<bool, Fault> {
        let mut is_break = false;
        loop {
            let start = self.at;
            let mut column = 0;
            while let Some(&byte) = self.bytes.get(self.at) {
                match byte {
                    b' ' => column += 1,
                    b'\t' => column = (column / 8 + 1) * 8,
                    b'\x0c' => column = 0,
                    _ => break,
                }
                self.at += 1;
            }
            match self.bytes.get(self.at) {
                None => return Ok(false),
                Some(b'\n' | b'\r') => {
                    is_break = true;
                    self.at += 1;
                }
                Some(b'#') => {
                    is_break = true;
                    self.skip_line();
                }
                // Commands of notebooks: `%pip install x`, `!ls`, `?print`.
                Some(b'%' | b'!' | b'?') => self.skip_line(),
                Some(_) => {
                    self.indent(column, start)?;
                    if is_break && self.indents.len() <= 1 && start > 0 {
                        self.lexed.breaks.push(start);
                    }
                    return Ok(true);
                }
            }
        }
    }

    fn indent(&mut self, column: usize, start: usize) -> Result<(), Fault> {
        let Some(&current) = self.indents.last() else {
            self.indents.push(column);
            return Ok(());
        };
        if column > current {
            self.indents.push(column);
            self.push(Kind::Indent, start);
            return Ok(());
        }
        while self.indents.len() > 1 && self.indents.last().is_some_and(|&open| column < open) {
            self.indents.pop();
            self.push(Kind::Dedent, start);
        }
        match self.indents.last_mut() {
            // A fragment may begin inside of a block that ends in it.
            Some(base) if self.lexed.tokens.is_empty() || column < *base => *base = column,
            Some(open) if *open == column => {}
            _ => return Err(Fault::new(self.at, "this indentation matches no line above")),
        }
        Ok(())
    }

    /// The tokens of a line, or of as much as brackets and triple quotes hold together.
    fn line(&mut self) -> Result<(), Fault> {
        while let Some(&byte) = self.bytes.get(self.at) {
            let start = self.at;
            match byte {
                b' ' | b'\t' | b'\r' | b'\x0c' => self.at += 1,
                b'\n' => {
                    self.at += 1;
                    if self.brackets.is_empty() {
                        self.push(Kind::Newline, start);
                        return Ok(());
                    }
                }
                b'#' => self.skip_line(),
                b'\\' => {
                    let rest = &self.text[self.at + 1..];
                    let spaces = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
                    match rest[spaces..].bytes().next() {
                        None | Some(b'\n') => self.at += (spaces + 2).min(rest.len() + 1),
                        Some(_) => return Err(Fault::new(start, "a backslash may only end a line")),
                    }
                }
                b'"' | b'\'' => {
                    self.at = Strings { text: self.text }.end(start, Prefix::default(), 0)?;
                    self.push(Kind::Text, start);
                }
                b'0'..=b'9' => self.number(start)?,
                b'.' if self.bytes.get(start + 1).is_some_and(u8::is_ascii_digit) => self.number(start)?,
                _ if byte == b'_' || byte.is_ascii_alphabetic() || byte >= 0x80 => self.name(start)?,
                _ => self.operator(start)?,
            }
        }
        Ok(())
    }

    fn skip_line(&mut self) {
        self.at = self.text[self.at..]
            .find('\n')
            .map_or(self.text.len(), |length| self.at + length);
    }

    fn name(&mut self, start: usize) -> Result<(), Fault> {
        let rest = &self.text[start..];
        let is_ascii = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let mut length = rest.bytes().take_while(is_ascii).count();
        for next in rest[length..].chars() {
            if !(next.is_ascii_alphanumeric()
                || next == '_'
                || next == '…'
                || (!next.is_ascii() && next.is_alphanumeric()))
            {
                break;
            }
            length += next.len_utf8();
        }
        let Some(sign) = rest.chars().next().filter(|_| length == 0) else {
            self.at = start + length;
            let word = &rest[..length];
            let quote = self.bytes.get(self.at);
            if length <= 2 && matches!(quote, Some(b'"' | b'\'')) && Prefix::of(word).is_some() {
                self.at =
                    Strings { text: self.text }.end(self.at, Prefix::of(word).unwrap_or_default(), 0)?;
                self.push(Kind::Text, start);
            } else if is_keyword(word) {
                self.push(Kind::Keyword, start);
            } else {
                self.push(Kind::Name, start);
            }
            return Ok(());
        };
        match sign {
            '\u{a0}' | '\u{200b}' | '\u{feff}' if start == 0 => {
                self.at += sign.len_utf8();
                Ok(())
            }
            '“' | '”' | '‘' | '’' => Err(Fault::new(start, "a typographic quote is no quote")),
            _ => Err(Fault::new(start, format!("`{sign}` means nothing here"))),
        }
    }

    fn operator(&mut self, start: usize) -> Result<(), Fault> {
        let rest = &self.bytes[start..];
        let length = operator_length(rest);
        if length == 0 {
            if rest.starts_with(b"```") {
                return Err(Fault::new(start, "a fence inside of the code"));
            }
            let sign = self.text[start..].chars().next().unwrap_or_default();
            return Err(Fault::new(start, format!("`{sign}` means nothing here")));
        }
        match rest[0] {
            open @ (b'(' | b'[' | b'{') => self.brackets.push((open, start)),
            close @ (b')' | b']' | b'}') => match self.brackets.pop() {
                None => {
                    return Err(Fault::new(
                        start,
                        format!("this `{}` closes nothing", close as char),
                    ));
                }
                Some((open, at)) if open + 1 + u8::from(open != b'(') != close => {
                    self.brackets.push((open, at));
                    let line = self.text[..at].matches('\n').count() + 1;
                    return Err(Fault::new(
                        start,
                        format!(
                            "`{}` where the `{}` on line {line} is open",
                            close as char, open as char
                        ),
                    ));
                }
                Some(_) => {}
            },
            _ => {}
        }
        self.at += length;
        self.push(Kind::Operator, start);
        Ok(())
    }

    fn number(&mut self, start: usize) -> Result<(), Fault> {
        let mut at = start;
        while let Some(&byte) = self.bytes.get(at) {
            let after_exponent = matches!(self.bytes[at.saturating_sub(1)], b'e' | b'E')
                && !matches!(self.bytes.get(start + 1), Some(b'x' | b'X'));
            match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'.' => at += 1,
                b'+' | b'-' if after_exponent => at += 1,
                _ => break,
            }
        }
        let word = &self.text[start..at];
        // `1.real`, `1if x else 2`: a number and what comes after it.
        let length = number_length(word);
        let rest = &word[length..];
        let goes_on = rest.is_empty()
            || ["if", "else", "and", "or", "for", "is", "not"]
                .iter()
                .any(|keyword| rest.starts_with(keyword))
            || (rest.starts_with('.') && !rest[1..].starts_with(|next: char| next.is_ascii_digit()));
        if !goes_on {
            return Err(Fault::new(start, format!("`{word}` is no number")));
        }
        self.at = start + length;
        self.push(Kind::Number, start);
        Ok(())
    }
}

/// How much of the head of `word` is a number.
fn number_length(word: &str) -> usize {
    let run = |from: usize, belongs: fn(u8) -> bool| {
        from + word.as_bytes()[from..]
            .iter()
            .take_while(|&&byte| byte == b'_' || belongs(byte))
            .count()
    };
    let digit: fn(u8) -> bool = |byte| byte.is_ascii_digit();
    let bytes = word.as_bytes();
    if bytes.len() > 2 && bytes[0] == b'0' {
        let radix: Option<fn(u8) -> bool> = match bytes[1] {
            b'x' | b'X' => Some(|byte| byte.is_ascii_hexdigit()),
            b'o' | b'O' | b'b' | b'B' => Some(|byte| byte.is_ascii_digit()),
            _ => None,
        };
        if let Some(radix) = radix {
            return run(2, radix);
        }
    }
    let mut at = run(0, digit);
    if bytes.get(at) == Some(&b'.') {
        at = run(at + 1, digit);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        if bytes.get(at + 1 + sign).is_some_and(u8::is_ascii_digit) {
            at = run(at + 1 + sign, digit);
        }
    }
    at + usize::from(matches!(bytes.get(at), Some(b'j' | b'J')))
}
