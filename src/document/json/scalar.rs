//! Strings, numbers, `true`, `false` and `null` of JSON.

use crate::document::tree::{Node, Refusal, Style, Value};
use crate::text::Span;

use super::Reader;

impl Reader<'_> {
    pub(super) fn scalar(&mut self) -> Result<Node, Refusal> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            None => Err(self.fault(
                "the text ends where a value is expected",
                "write the value, or remove what leads to it",
            )),
            Some(b'\'') => Err(self.fault("a string stands in single quotes", "put it in double quotes")),
            Some(_) if self.is_comment() => Err(self.comment()),
            Some(_) => self.word(),
        }
    }

    fn word(&mut self) -> Result<Node, Refusal> {
        let start = self.at;
        let rest = &self.text[start..];
        let length = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        let word = &rest[..length];
        if matches!(word, "true" | "false" | "null") {
            self.at += length;
            return Ok(self.plain(start));
        }
        let remedy = "strings stand in double quotes; other values are numbers, `true`, `false` and `null`";
        if word.is_empty() {
            return Err(self.fault("this begins no value", remedy));
        }
        Err(self.fault(format!("`{word}` is no value"), remedy))
    }

    /// A number by section 6 of RFC 8259.
    fn number(&mut self) -> Result<Node, Refusal> {
        let start = self.at;
        let remedy = "write the number in decimal digits, without a sign `+` and without leading zeros";
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let digits = self.digits();
        if digits == 0 || (leading_zero && digits > 1) {
            self.at = start;
            return Err(self.fault("this is no number of JSON", remedy));
        }
        let mut fraction_fails = false;
        if self.peek() == Some(b'.') {
            self.at += 1;
            fraction_fails = self.digits() == 0;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            fraction_fails |= self.digits() == 0;
        }
        if fraction_fails {
            self.at = start;
            return Err(self.fault("this is no number of JSON", remedy));
        }
        Ok(self.plain(start))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn plain(&self, start: usize) -> Node {
        Node {
            value: Value::Scalar {
                text: self.text[start..self.at].to_owned(),
                style: Style::Plain,
            },
            span: Span::new(start, self.at),
        }
    }

    pub(super) fn string(&mut self) -> Result<Node, Refusal> {
        let start = self.at;
        self.at += 1;
        let mut decoded = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(length) = rest
                .bytes()
                .position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\')
            else {
                self.at = start;
                return Err(self.fault("the string is never closed", "close it with a double quote"));
            };
            decoded.push_str(&rest[..length]);
            self.at += length;
            match rest.as_bytes()[length] {
                b'"' => {
                    self.at += 1;
                    return Ok(Node {
                        value: Value::Scalar {
                            text: decoded,
                            style: Style::DoubleQuoted,
                        },
                        span: Span::new(start, self.at),
                    });
                }
                b'\\' => decoded.push(self.escape()?),
                b'\n' | b'\r' => {
                    return Err(self.fault(
                        "the line ends inside a string",
                        "close the string, or write the line break as `\\n`",
                    ));
                }
                control => {
                    let message = format!("a string holds the control character U+{control:04X}");
                    return Err(self.fault(message, "write it as an escape, such as `\\t` or `\\u0007`"));
                }
            }
        }
    }

    /// A backslash and what belongs to it. Half of a surrogate pair stands for nothing and becomes U+FFFD.
    fn escape(&mut self) -> Result<char, Refusal> {
        let start = self.at;
        let simple = match self.text.as_bytes().get(start + 1) {
            Some(same @ (b'"' | b'\\' | b'/')) => char::from(*same),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let Some(unit) = self.unit(start) else {
                    return Err(self.fault(
                        "`\\u` is not followed by four hexadecimal digits",
                        "write four digits, as in `\\u00e9`",
                    ));
                };
                self.at += 6;
                let low = self.unit(self.at).filter(|low| (0xdc00..0xe000).contains(low));
                return Ok(match (unit, low) {
                    (0xd800..0xdc00, Some(low)) => {
                        self.at += 6;
                        char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
                    }
                    _ => char::from_u32(unit),
                }
                .unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            _ => return Err(self.fault("this is no escape of JSON", "write a backslash as two")),
        };
        self.at += 2;
        Ok(simple)
    }

    /// The four digits of a `\u` escape that begins at `at`.
    fn unit(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(digits, 16).ok()
    }
}
