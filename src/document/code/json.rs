//! JSON as documents show it: several values in a row, members without their braces, names where values belong, things left out.
//!
//! One pass without recursion. What no reader of JSON takes but a human may write to explain (bare keys, Python's `True`, a
//! comma too many) is a fault only where nothing else in the text shows that it is a sketch: no comment, nothing left out, no
//! name for a value.
//!
//! Long because the tables of what is taken and refused stand beside the reader.

use super::Fault;

/// Longest name for a value.
const MAX_NAME: usize = 200;

/// What besides JSON proper is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Strict,
    /// Comments and trailing commas.
    WithComments,
}

/// Why `text` is not JSON.
pub(super) fn read(text: &str, dialect: Dialect) -> Option<Fault> {
    // Most of it is JSON, which is told sooner than what else it may be.
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return None;
    }
    let mut reader = Reader {
        text,
        at: 0,
        open: Vec::new(),
        want: Want::Key,
        after: After::Nothing,
        is_sketch: false,
        is_fragment: false,
        slip: None,
        dialect,
    };
    match reader.run() {
        Err(Stop::Fault(fault)) => Some(fault),
        Err(Stop::NotJson) => None,
        Ok(()) if reader.is_sketch => None,
        Ok(()) => reader.slip,
    }
}

/// What is next in the innermost list or object. At the top, keys and values stand side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    Key,
    Colon,
    Value,
    Comma,
}

/// What was read last, as far as it decides what may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    /// A comma here.
    Comma(usize),
    /// A string that ends here.
    Text(usize),
    Value,
    /// Something is left out: anything may follow.
    Gap,
}

enum Stop {
    Fault(Fault),
    /// Prose, a request, code: whatever it is, its author did not mean it as JSON.
    NotJson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Open(u8),
    Close(u8),
    Comma,
    Colon,
    Text,
    /// In single quotes.
    Quoted,
    Word,
    Comment,
    Gap,
    /// `<name>`, `{{ name }}`, `${NAME}`, `{name}`.
    StandIn,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Brackets not closed yet, and where they stand.
    open: Vec<(u8, usize)>,
    want: Want,
    after: After,
    is_sketch: bool,
    /// Whether the text begins inside of an object.
    is_fragment: bool,
    /// The first thing that is a fault unless the text is a sketch.
    slip: Option<Fault>,
    dialect: Dialect,
}

impl Reader<'_> {
    fn run(&mut self) -> Result<(), Stop> {
        while let Some((token, start)) = self.next()? {
            let word = &self.text[start..self.at];
            match token {
                Token::Comment => {
                    self.is_sketch |= self.dialect == Dialect::Strict;
                    if word.contains("...") || word.contains('…') {
                        self.gap();
                    }
                }
                Token::Gap => self.gap(),
                Token::Comma => self.comma(start)?,
                Token::Colon => self.colon(start)?,
                Token::Close(closing) => self.close(closing, start)?,
                Token::Open(opening) => {
                    self.value_begins(start)?;
                    self.open.push((opening, start));
                    self.after = After::Nothing;
                    self.want = if opening == b'{' { Want::Key } else { Want::Value };
                }
                Token::Text | Token::Quoted => {
                    if token == Token::Quoted {
                        self.slip(start, "strings stand in double quotes");
                    }
                    self.key_or_value(start)?;
                    self.after = After::Text(self.at);
                    if is_stand_in(word) {
                        self.is_sketch = true;
                        self.after = After::Gap;
                    }
                }
                Token::StandIn if self.want == Want::Comma => self.gap(),
                Token::StandIn => {
                    self.is_sketch = true;
                    self.key_or_value(start)?;
                    self.after = After::Gap;
                }
                Token::Word => self.word(word, start)?,
            }
        }
        match self.open.last() {
            Some(&(bracket, at)) if !self.is_sketch => {
                Err(fault(at, format!("this `{}` is never closed", bracket as char)))
            }
            _ => Ok(()),
        }
    }

    fn gap(&mut self) {
        self.is_sketch = true;
        self.after = After::Gap;
        self.want = match self.open.last() {
            Some((b'[', _)) => Want::Value,
            _ => Want::Key,
        };
    }

    fn slip(&mut self, at: usize, message: &str) {
        if self.slip.is_none() {
            self.slip = Some(Fault::new(at, message));
        }
    }

    fn in_object(&self) -> bool {
        matches!(self.open.last(), Some((b'{', _)))
    }

    fn comma(&mut self, start: usize) -> Result<(), Stop> {
        match self.want {
            Want::Comma => {}
            _ if self.after == After::Gap || self.open.is_empty() => {}
            Want::Colon => return Err(fault(start, "a key without a value")),
            _ => return Err(fault(start, "nothing stands before this comma")),
        }
        self.want = if self.in_object() || self.open.is_empty() {
            Want::Key
        } else {
            Want::Value
        };
        self.after = After::Comma(start);
        Ok(())
    }

    fn colon(&mut self, start: usize) -> Result<(), Stop> {
        match self.want {
            Want::Colon => {}
            Want::Comma if self.open.is_empty() && matches!(self.after, After::Text(_)) => {
                self.is_fragment |= self.open.is_empty();
            }
            _ if self.after == After::Gap || self.is_sketch => {}
            _ if self.open.is_empty() => return Err(Stop::NotJson),
            Want::Comma if !self.in_object() => {
                return Err(fault(
                    start,
                    "a key and a value stand in a list, not in an object",
                ));
            }
            _ => return Err(fault(start, "a colon where none belongs")),
        }
        self.want = Want::Value;
        self.after = After::Nothing;
        Ok(())
    }

    fn close(&mut self, closing: u8, start: usize) -> Result<(), Stop> {
        if let After::Comma(at) = self.after
            && self.dialect == Dialect::Strict
        {
            self.slip(at, "a comma after the last element");
        }
        if self.after != After::Gap && !self.open.is_empty() {
            match self.want {
                Want::Colon => return Err(fault(start, "a key without a value")),
                Want::Value if self.in_object() => return Err(fault(start, "a key without a value")),
                _ => {}
            }
        }
        match self.open.pop() {
            Some((b'{', _)) if closing == b'}' => {}
            Some((b'[', _)) if closing == b']' => {}
            Some(_) if self.is_sketch => {}
            Some((opening, at)) => {
                let message = format!(
                    "`{}` where the `{}` on line {} is open",
                    closing as char,
                    opening as char,
                    self.text[..at].matches('\n').count() + 1
                );
                return Err(fault(start, message));
            }
            None if self.is_fragment => {}
            None => return Err(fault(start, format!("this `{}` closes nothing", closing as char))),
        }
        self.want = Want::Comma;
        self.after = After::Value;
        Ok(())
    }

    /// A string or something that stands for one.
    fn key_or_value(&mut self, start: usize) -> Result<(), Stop> {
        if self.want == Want::Key && self.in_object() {
            self.want = Want::Colon;
            return Ok(());
        }
        self.value_begins(start)?;
        self.want = Want::Comma;
        Ok(())
    }

    fn value_begins(&mut self, start: usize) -> Result<(), Stop> {
        match self.want {
            Want::Value => {}
            _ if self.open.is_empty() || self.after == After::Gap => {}
            Want::Comma if self.is_sketch && !self.on_new_line(start) => {}
            Want::Comma => return Err(fault(start, "a comma is missing before this")),
            Want::Colon => return Err(fault(start, "a colon is missing before this")),
            Want::Key => return Err(fault(start, "a key must be a string")),
        }
        self.want = Want::Comma;
        self.after = After::Value;
        Ok(())
    }

    /// A number, a literal, or whatever else is not in quotes.
    fn word(&mut self, word: &str, start: usize) -> Result<(), Stop> {
        let is_literal = matches!(word, "true" | "false" | "null") || is_number(word);
        if self.open.is_empty() && !self.is_fragment && !is_literal {
            return Err(Stop::NotJson);
        }
        match (self.want, self.after) {
            (Want::Comma, After::Text(end)) if end == start && word.starts_with(char::is_alphanumeric) => {
                return Err(fault(
                    start - 1,
                    "this quote ends the string: one inside must be escaped",
                ));
            }
            (Want::Key, _) if self.in_object() && !is_name(word) => return Err(Stop::NotJson),
            (Want::Key, _) if self.in_object() => {
                self.slip(start, "keys stand in double quotes");
                self.want = Want::Colon;
                self.after = After::Value;
                return Ok(());
            }
            (Want::Value, _) => {}
            (Want::Colon, After::Text(_)) if is_literal => return self.value_begins(start),
            (Want::Comma, After::Value | After::Text(_))
                if is_literal && (self.on_new_line(start) || !self.in_object()) =>
            {
                return self.value_begins(start);
            }
            // Words after a value explain it: `"a" | "b"`, `1 (default)`.
            _ => {
                self.is_sketch = true;
                self.after = After::Gap;
                return Ok(());
            }
        }
        match word {
            "True" | "False" | "None" => self.slip(start, "JSON writes `true`, `false` and `null`"),
            "undefined" | "NaN" | "Infinity" | "-Infinity" => self.slip(start, "JSON has no such value"),
            _ => self.is_sketch |= !is_literal,
        }
        self.want = Want::Comma;
        self.after = if is_literal { After::Value } else { After::Gap };
        Ok(())
    }

    fn on_new_line(&self, start: usize) -> bool {
        let line = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        self.text[line..start].trim().is_empty()
    }

    /// The next token and where it begins; it ends at `self.at`.
    fn next(&mut self) -> Result<Option<(Token, usize)>, Stop> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        let start = self.at;
        let rest = &self.text[start..];
        let Some(first) = rest.bytes().next() else {
            return Ok(None);
        };
        let (token, length) = match first {
            b'{' | b'[' | b'<' | b'$' | b'%' | b'(' if stand_in(rest).is_some() => {
                (Token::StandIn, stand_in(rest).unwrap_or(1))
            }
            b'{' | b'[' => (Token::Open(first), 1),
            b'}' | b']' => (Token::Close(first), 1),
            b',' => (Token::Comma, 1),
            b':' => (Token::Colon, 1),
            b'"' => (Token::Text, self.string(start)?),
            b'\'' | b'`' => match rest[1..].find([first as char, '\n']) {
                Some(end) if rest.as_bytes()[end + 1] == first => (Token::Quoted, end + 2),
                _ => (Token::Gap, 1),
            },
            b'/' if rest.starts_with("/*") => {
                (Token::Comment, rest.find("*/").map_or(rest.len(), |end| end + 2))
            }
            b'/' if rest.starts_with("//") => (Token::Comment, line_length(rest)),
            b'#' => (Token::Comment, line_length(rest)),
            b'<' if rest.starts_with("<!--") => {
                (Token::Comment, rest.find("-->").map_or(rest.len(), |end| end + 3))
            }
            b'.' if rest.starts_with("..") => {
                (Token::Gap, rest.bytes().take_while(|&byte| byte == b'.').count())
            }
            _ if rest.starts_with('…') => (Token::Gap, '…'.len_utf8()),
            _ => {
                let length = rest
                    .find(|next: char| {
                        next.is_whitespace() || matches!(next, ',' | ':' | '{' | '}' | '[' | ']' | '"' | '…')
                    })
                    .unwrap_or(rest.len());
                (
                    Token::Word,
                    length.max(rest.chars().next().map_or(1, char::len_utf8)),
                )
            }
        };
        self.at = start + length;
        Ok(Some((token, start)))
    }

    /// Length of the string that begins at `start`.
    fn string(&self, start: usize) -> Result<usize, Stop> {
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        loop {
            at += memchr_any(&bytes[at..]);
            match bytes.get(at) {
                Some(b'"') => return Ok(at + 1 - start),
                Some(b'\\') => {
                    match bytes.get(at + 1) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u') => {}
                        Some(b'\n' | b'\r') | None => {
                            return Err(fault(
                                at,
                                "a string does not go on behind a backslash at the end of a line",
                            ));
                        }
                        Some(_) => {
                            let escaped = self.text[at + 1..].chars().next().unwrap_or_default();
                            return Err(fault(
                                at,
                                format!("`\\{escaped}` is no escape: a backslash is written twice"),
                            ));
                        }
                    }
                    at += 2;
                }
                _ => return Err(fault(start, "this string does not end on its line")),
            }
        }
    }
}

fn fault(at: usize, message: impl Into<String>) -> Stop {
    Stop::Fault(Fault::new(at, message))
}

/// How far it is to the next quote, backslash or line break.
fn memchr_any(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | b'\n'))
        .unwrap_or(bytes.len())
}

fn line_length(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

fn is_number(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'))
}

/// A bare key, as in JavaScript.
fn is_name(word: &str) -> bool {
    word.chars()
        .all(|next| next.is_alphanumeric() || matches!(next, '_' | '$' | '-'))
}

/// A string that says what belongs there: `"..."`, `"<members>"`, `"{{ members }}"`.
fn is_stand_in(string: &str) -> bool {
    let inner = string.trim_matches('"');
    inner.starts_with('<') && inner.ends_with('>')
        || inner.starts_with("{{") && inner.ends_with("}}")
        || inner.starts_with("...")
        || inner.starts_with('…')
}

/// Length of a name for a value at the head of `rest`: `<name>`, `{{ name }}`, `{% tag %}`, `${NAME}`, `{name}`, `[NAME]`.
fn stand_in(rest: &str) -> Option<usize> {
    let near = &rest[..rest.floor_char_boundary(MAX_NAME)];
    let line = &near[..line_length(near)];
    let (open, close) = [
        ("{{", "}}"),
        ("{%", "%}"),
        ("<%", "%>"),
        ("${", "}"),
        ("$(", ")"),
        ("<", ">"),
        ("{", "}"),
        ("[", "]"),
        ("%", "%"),
    ]
    .into_iter()
    .find(|(open, _)| line.starts_with(open))?;
    let inner_end = line[open.len()..].find(close)?;
    let inner = &line[open.len()..open.len() + inner_end];
    let is_name = match open {
        "{" | "[" => {
            let inner = inner.trim();
            inner.starts_with(|first: char| first.is_alphabetic() || first == '_')
                && !matches!(inner, "true" | "false" | "null" | "None" | "True" | "False")
                && inner
                    .chars()
                    .all(|next| next.is_alphanumeric() || matches!(next, '_' | '-' | ' ' | '.' | ':'))
                && !(open == "{" && inner.contains(':'))
        }
        _ => !inner.is_empty() && !inner.contains('"'),
    };
    is_name.then_some(open.len() + inner_end + close.len())
}

#[cfg(test)]
mod tests {
    use super::super::Language::{Json, Jsonc};
    use super::super::tests::{accepts, refuses};

    #[test]
    fn values_fragments_and_sketches_are_read() {
        accepts(
            Json,
            &[
                "{\"a\": [1, -2.5e3, true, null, \"x\\n\\u00e9\"], \"b\": {}}\n",
                "{\"a\": 1}\n{\"b\": 2}\n",
                "[1]\n\n[2]\n",
                "\"a\": 1,\n\"b\": {\"c\": 2},\n",
                "\"a\": 1\n},\n\"b\": 2\n",
                "{\"a\": 1, ...}\n",
                "{\n  \"a\": 1,\n  ...\n  \"b\": [...]\n}\n",
                "{ \"a\": {...}, \"b\": { … } }\n",
                "{\n  // Where\n  \"a\": 1, # why\n  /* what */\n  \"b\": 2,\n}\n",
                "{\"a\": <number>, \"b\": {{ name }}, \"c\": ${X}, \"d\": {name}, \"e\": YOUR_KEY}\n",
                "{\"a\": \"x\" | \"y\", \"b\": string, \"c\": 0.0-1.0, \"d\": [Person]}\n",
                "{ \"<members>\" }\n",
                "{%- for x in y %}{\"a\": {{ x }}}{% endfor %}\n",
                "POST /items\n{\"a\": 1}\n",
                "{ a: 1, b: ... }\n",
                "Some words about it\n",
                "{\n-  \"a\": 1\n+  \"a\": 2\n}\n",
                "{\"a\": 1,} // ❌ trailing comma\n",
                "",
            ],
        );
        accepts(Jsonc, &["{\n  // Where\n  \"a\": [1, 2,],\n}\n"]);
    }

    #[test]
    fn what_no_reader_takes_is_found() {
        refuses(
            Json,
            &[
                ("{\n  \"a\": 1\n  \"b\": 2\n}\n", "\"b\""),
                ("{\"a\": [1 2]}\n", "2]"),
                ("{\"a\": 1,}\n", ",}"),
                ("[1, 2,]\n", ",]"),
                ("{\"a\": [1, 2}\n", "}"),
                ("{\"a\": 1\n", "{"),
                ("{\"a\": 1}}\n", "}\n"),
                ("{\"a\": \"x\n}\n", "\"x"),
                ("{\"a\": \"\\d+\"}\n", "\\d+"),
                ("{\"a\": \"say \"hi\" now\"}\n", "\"hi"),
                ("{\"a\": True}\n", "True"),
                ("{\"a\": undefined}\n", "undefined"),
                ("{'a': 1}\n", "'a'"),
                ("{a: 1}\n", "a:"),
                ("{\"a\"}\n", "}"),
                ("{\"a\" 1}\n", "1}"),
                ("[\"a\": 1]\n", ": 1]"),
                ("{\"a\": 1,, \"b\": 2}\n", ", \"b\""),
                ("{\"a\": }\n", "}"),
            ],
        );
        refuses(Jsonc, &[("{\n  // Where\n  \"a\": 1\n  \"b\": 2\n}\n", "\"b\"")]);
    }
}
