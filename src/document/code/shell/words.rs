//! The words of the shell and what nests inside of them: quotes, substitutions, parameters, arithmetic.

use super::{MAX_ARITHMETIC, MAX_DEPTH, Reader, Stop, fault};

impl<'a> Reader<'a> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn looking_at(&self, what: &str) -> bool {
        self.bytes[self.at..].starts_with(what.as_bytes())
    }

    /// One word, with everything that may nest inside of it.
    pub(super) fn word(&mut self) -> Result<&'a str, Stop> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            let at = self.at;
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'<' | b'>' | b')' => break,
                b'(' => {
                    let before = if at > start { self.bytes[at - 1] } else { b' ' };
                    match before {
                        // An array, or a pattern of Bash: `a=(…)`, `@(…)`.
                        b'=' => {
                            self.at += 1;
                            self.array(at)?;
                        }
                        b'@' | b'?' | b'*' | b'+' | b'!' => {
                            self.at += 1;
                            self.substitution(at)?;
                        }
                        _ => break,
                    }
                }
                b'\\' => {
                    self.at += 1;
                    self.skip_character();
                }
                b'\'' if self.is_apostrophe() => self.at += 1,
                b'\'' => {
                    self.at += 1;
                    let is_ansi = at > start && self.bytes[at - 1] == b'$';
                    self.single_quoted(at, is_ansi)?;
                }
                b'"' => {
                    self.at += 1;
                    self.double_quoted(at)?;
                }
                b'`' => {
                    self.at += 1;
                    self.back_quoted(at)?;
                }
                b'$' => self.dollar(false)?,
                _ => self.skip_character(),
            }
        }
        if self.at == start {
            self.skip_character();
        }
        Ok(&self.text[start..self.at])
    }

    /// Whether the single quote here stands in prose or output: `can't`, `the users' files`.
    fn is_apostrophe(&self) -> bool {
        let after = self.bytes.get(self.at + 1).copied().unwrap_or(b'\n');
        let line = self.text[self.at + 1..].lines().next().unwrap_or_default();
        self.at > 0
            && self.bytes[self.at - 1].is_ascii_alphanumeric()
            && (after.is_ascii_alphabetic() || after.is_ascii_whitespace())
            && !line.contains('\'')
    }

    fn single_quoted(&mut self, at: usize, escapes: bool) -> Result<(), Stop> {
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\'' => return Ok(()),
                b'\\' if escapes => self.skip_character(),
                _ => {}
            }
        }
        Err(fault(at, "this quote is never closed"))
    }

    fn double_quoted(&mut self, at: usize) -> Result<(), Stop> {
        while let Some(byte) = self.peek() {
            let inner = self.at;
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => {
                    self.at += 1;
                    self.skip_character();
                }
                b'`' => {
                    self.at += 1;
                    self.back_quoted(inner)?;
                }
                b'$' => self.dollar(true)?,
                _ => self.at += 1,
            }
        }
        Err(fault(at, "this quote is never closed"))
    }

    fn back_quoted(&mut self, at: usize) -> Result<(), Stop> {
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'`' => return Ok(()),
                b'\\' => self.skip_character(),
                _ => {}
            }
        }
        Err(fault(at, "this backtick is never closed"))
    }

    /// What a `$` begins.
    fn dollar(&mut self, quoted: bool) -> Result<(), Stop> {
        let at = self.at;
        self.at += 1;
        match self.peek() {
            Some(b'(') if self.looking_at("((") && self.arithmetic() => Ok(()),
            Some(b'(') => {
                self.at += 1;
                self.substitution(at)
            }
            Some(b'{') => {
                self.at += 1;
                self.parameter(at, quoted)
            }
            _ => Ok(()),
        }
    }

    /// The commands of a `$(…)` that begins at `at`.
    pub(super) fn substitution(&mut self, at: usize) -> Result<(), Stop> {
        self.nested(|reader| reader.list(Some(at)))
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<(), Stop>) -> Result<(), Stop> {
        if self.depth == MAX_DEPTH {
            return Err(Stop::TooDeep);
        }
        self.depth += 1;
        let outer = std::mem::take(&mut self.documents);
        let read = read(self);
        self.documents.splice(0..0, outer);
        self.depth -= 1;
        read
    }

    /// The values of `name=(…)`.
    fn array(&mut self, at: usize) -> Result<(), Stop> {
        self.nested(|reader| {
            loop {
                match reader.peek() {
                    None => return Err(fault(at, "this `(` is never closed")),
                    Some(b')') => {
                        reader.at += 1;
                        return Ok(());
                    }
                    Some(b'#') => reader.skip_line(),
                    Some(b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'<' | b'>' | b'(') => {
                        reader.at += 1;
                    }
                    _ => {
                        reader.word()?;
                    }
                }
            }
        })
    }

    /// `${…}`.
    fn parameter(&mut self, at: usize, quoted: bool) -> Result<(), Stop> {
        self.nested(|reader| {
            while let Some(byte) = reader.peek() {
                let inner = reader.at;
                match byte {
                    b'}' => {
                        reader.at += 1;
                        return Ok(());
                    }
                    b'\\' => {
                        reader.at += 1;
                        reader.skip_character();
                    }
                    b'\'' if !quoted && !reader.is_apostrophe() => {
                        reader.at += 1;
                        reader.single_quoted(inner, false)?;
                    }
                    b'"' => {
                        reader.at += 1;
                        reader.double_quoted(inner)?;
                    }
                    b'`' => {
                        reader.at += 1;
                        reader.back_quoted(inner)?;
                    }
                    b'$' => reader.dollar(quoted)?,
                    _ => reader.at += 1,
                }
            }
            Err(fault(at, "this `${` is never closed"))
        })
    }

    /// Skips `((…))` if that is what stands here, and says so; else stays: two parentheses may open two subshells.
    pub(super) fn arithmetic(&mut self) -> bool {
        let mut depth = 0_usize;
        let mut at = self.at;
        while let Some(&byte) = self.bytes.get(at).filter(|_| at - self.at < MAX_ARITHMETIC) {
            match byte {
                b'(' => depth += 1,
                b')' if depth == 2 => {
                    let closes = self.bytes.get(at + 1) == Some(&b')');
                    if closes {
                        self.at = at + 2;
                    }
                    return closes;
                }
                b')' => depth = depth.saturating_sub(1),
                b'"' | b'\'' if depth == 0 => return false,
                _ => {}
            }
            at += 1;
        }
        false
    }

    pub(super) fn skip_spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    pub(super) fn skip_line(&mut self) {
        self.at = self.text[self.at..]
            .find('\n')
            .map_or(self.text.len(), |length| self.at + length);
    }

    fn skip_character(&mut self) {
        self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
    }
}
