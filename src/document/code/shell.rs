//! Shell: what must close does close. Quotes, substitutions, here-documents and compound commands; not more, because a block of
//! shell often holds output and placeholders between its commands, which are words like any other.
//!
//! Compound commands stand on a stack; only what nests inside of words (`$(…)` in `"…"` in `$(…)`) recurses, to a limit.

use super::Fault;

/// Deepest nesting of substitutions; deeper ones are not judged.
const MAX_DEPTH: usize = 60;

/// Why `text` is not a shell script.
pub(super) fn read(text: &str) -> Option<Fault> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        depth: 0,
        documents: Vec::new(),
    };
    match reader.list(None) {
        Err(Stop::Fault(fault)) => Some(fault),
        Err(Stop::TooDeep) | Ok(()) => None,
    }
}

enum Stop {
    Fault(Fault),
    TooDeep,
}

/// A compound command that is open, and where it begins.
#[derive(Debug, Clone, Copy)]
struct Open {
    kind: Kind,
    at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Whether `then` was seen.
    If(bool),
    /// `for`, `while`, `until`, `select`; whether `do` was seen.
    Loop(bool),
    /// Whether a pattern comes next.
    Case(bool),
    Parenthesis,
    /// Whether it is the body of a function.
    Brace(bool),
}

impl Kind {
    fn is_same(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    fn closer(self) -> &'static str {
        match self {
            Self::If(_) => "fi",
            Self::Loop(_) => "done",
            Self::Case(_) => "esac",
            Self::Parenthesis => ")",
            Self::Brace(_) => "}",
        }
    }
}

/// A here-document whose text comes after the line.
struct Document {
    delimiter: String,
    at: usize,
    /// `<<-`: tabs before the end are dropped.
    strips_tabs: bool,
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    documents: Vec<Document>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn looking_at(&self, what: &str) -> bool {
        self.bytes[self.at..].starts_with(what.as_bytes())
    }

    /// Commands to the end of the text, or to the `)` of the substitution that begins at `opened`.
    fn list(&mut self, opened: Option<usize>) -> Result<(), Stop> {
        let mut open: Vec<Open> = Vec::new();
        // Whether a command may begin here, and whether the word before could name a function.
        let (mut begins, mut names) = (true, false);
        while let Some(byte) = self.peek() {
            let at = self.at;
            if begins && let Some(Open { kind: Kind::Case(true), .. }) = open.last() {
                self.pattern(&mut open)?;
                continue;
            }
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if matches!(self.bytes.get(at + 1), Some(b'\n' | b'\r')) => self.at += 2,
                b'\n' => {
                    self.at += 1;
                    self.documents()?;
                    (begins, names) = (true, false);
                }
                b'#' => self.skip_line(),
                b';' | b'&' | b'|' => {
                    self.operator(&mut open);
                    (begins, names) = (true, false);
                }
                b'<' | b'>' => {
                    self.redirection()?;
                    names = false;
                }
                b'(' if begins && self.looking_at("((") && self.arithmetic() => (begins, names) = (false, false),
                b'(' if names && self.empty_parentheses() => {
                    (begins, names) = (true, true);
                }
                b'(' if self.ends_address() => {
                    return Err(fault(at, "a parenthesis in an address that is not quoted"));
                }
                b'(' => {
                    self.at += 1;
                    open.push(Open {
                        kind: Kind::Parenthesis,
                        at,
                    });
                    begins = true;
                }
                b')' => {
                    self.at += 1;
                    match open.last() {
                        Some(Open {
                            kind: Kind::Parenthesis,
                            ..
                        }) => {
                            open.pop();
                        }
                        _ if opened.is_some() => return Self::end(&open),
                        Some(Open {
                            kind: Kind::Case(false),
                            ..
                        }) => return Err(fault(at, "`;;` is missing before this pattern")),
                        // A smiley, `a)` in a list: prose.
                        _ => {}
                    }
                    begins = false;
                }
                _ => {
                    let was_function = names && begins;
                    let word = self.word()?;
                    let is_last = matches!(self.peek(), None | Some(b'\n' | b'\r')) || self.looking_at(" #");
                    if word == "{" && (begins || is_last) {
                        open.push(Open {
                            kind: Kind::Brace(was_function),
                            at,
                        });
                        begins = true;
                    } else if begins {
                        begins = self.reserved(word, at, &mut open)?;
                        names = !begins && is_name(word);
                        if word == "function" {
                            self.function_name();
                            (begins, names) = (true, true);
                        }
                    } else {
                        names = false;
                    }
                }
            }
        }
        match opened {
            Some(at) => Err(fault(at, "this `$(` is never closed")),
            None => {
                self.documents()?;
                open.retain(|open| self.has_body(*open));
                Self::end(&open)
            }
        }
    }

    /// Whether more than the first line of a compound command is shown.
    fn has_body(&self, open: Open) -> bool {
        let line_start = self.text[..open.at].rfind('\n').map_or(0, |before| before + 1);
        let mut lines = self.text[line_start..].lines();
        let indentation = |line: &str| line.len() - line.trim_start().len();
        let first = lines.next().map_or(0, indentation);
        let body = lines.find(|line| !line.trim().is_empty());
        body.is_some_and(|line| indentation(line) > first) && !matches!(open.kind, Kind::If(false) | Kind::Loop(false))
    }

    /// What is still open where a list ends.
    fn end(open: &[Open]) -> Result<(), Stop> {
        let left = open
            .iter()
            .rev()
            .find(|open| !matches!(open.kind, Kind::Parenthesis | Kind::Brace(false)));
        match left {
            Some(open) => Err(unclosed(*open)),
            None => Ok(()),
        }
    }

    /// A word where a command begins. Says whether a command may begin after it.
    fn reserved(&mut self, word: &str, at: usize, open: &mut Vec<Open>) -> Result<bool, Stop> {
        let mut begin = |kind| {
            open.push(Open { kind, at });
            Ok(true)
        };
        match word {
            "if" => return begin(Kind::If(false)),
            "while" | "until" => return begin(Kind::Loop(false)),
            "for" | "select" => {
                let _ = begin(Kind::Loop(false));
                self.skip_spaces();
                return Ok(self.looking_at("((") && self.arithmetic());
            }
            "case" => return self.case(at, open),
            "[[" => {
                self.test(at)?;
                return Ok(false);
            }
            "!" | "time" | "coproc" => return Ok(true),
            _ => {}
        }
        let (kind, closes) = match word {
            "then" | "elif" | "else" => (Kind::If(false), false),
            "fi" => (Kind::If(false), true),
            "do" => (Kind::Loop(false), false),
            "done" => (Kind::Loop(false), true),
            "esac" => (Kind::Case(false), true),
            "}" => (Kind::Brace(false), true),
            _ => return Ok(false),
        };
        let Some(innermost) = open.last_mut() else {
            // Without anything open these are words of a sentence, but for two that are no words.
            return match word {
                "fi" | "esac" => Err(fault(at, format!("this `{word}` closes nothing"))),
                _ => Ok(false),
            };
        };
        if !innermost.kind.is_same(kind) {
            let innermost = *innermost;
            let is_open = open.iter().any(|other| other.kind.is_same(kind));
            let is_strict = !matches!(innermost.kind, Kind::Parenthesis | Kind::Brace(false));
            return match is_open && closes && is_strict {
                true => Err(unclosed(innermost)),
                false => Ok(false),
            };
        }
        match (&mut innermost.kind, word) {
            (Kind::If(then), "then" | "else") => *then = true,
            (Kind::If(then), "elif") => *then = false,
            (Kind::Loop(run), "do") => *run = true,
            (Kind::If(false), "fi") => return Err(fault(at, "there is no `then` for this `fi`")),
            (Kind::Loop(false), "done") => return Err(fault(at, "there is no `do` for this `done`")),
            _ => {
                open.pop();
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `case word in`, up to the first pattern.
    fn case(&mut self, at: usize, open: &mut Vec<Open>) -> Result<bool, Stop> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'#') => self.skip_line(),
                None | Some(b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>') => return Ok(false),
                _ => {
                    if self.word()? == "in" {
                        open.push(Open {
                            kind: Kind::Case(true),
                            at,
                        });
                        return Ok(true);
                    }
                }
            }
        }
    }

    /// A pattern of a `case` with its `)`, or `esac`.
    fn pattern(&mut self, open: &mut Vec<Open>) -> Result<(), Stop> {
        let begin = self.at;
        match self.peek() {
            Some(b' ' | b'\t' | b'\n' | b'\r' | b'(' | b'|' | b';') => self.at += 1,
            Some(b'\\') if matches!(self.bytes.get(begin + 1), Some(b'\n' | b'\r')) => self.at += 2,
            Some(b'#') => self.skip_line(),
            Some(b')') => {
                self.at += 1;
                if let Some(Open { kind, .. }) = open.last_mut() {
                    *kind = Kind::Case(false);
                }
            }
            Some(b'<' | b'>' | b'&') | None => self.at += 1,
            _ => {
                if self.word()? == "esac" {
                    open.pop();
                }
            }
        }
        Ok(())
    }

    /// `[[ … ]]`.
    fn test(&mut self, at: usize) -> Result<(), Stop> {
        loop {
            match self.peek() {
                None => return Err(fault(at, "this `[[` is never closed")),
                Some(b' ' | b'\t' | b'\n' | b'\r' | b'(' | b')' | b'|' | b'&' | b'<' | b'>' | b';') => self.at += 1,
                Some(b'#') if self.bytes[self.at - 1].is_ascii_whitespace() && self.bytes.get(self.at + 1) == Some(&b' ') => {
                    self.skip_line();
                }
                _ => {
                    if self.word()? == "]]" {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// `;`, `&&`, `|` and their like.
    fn operator(&mut self, open: &mut [Open]) {
        let ends_clause = [";;&", ";;", ";&"].iter().find(|end| self.looking_at(end));
        if let (Some(end), Some(Open { kind: kind @ Kind::Case(_), .. })) = (ends_clause, open.last_mut()) {
            *kind = Kind::Case(true);
            self.at += end.len();
        } else {
            self.at += 1;
            if self.bytes[self.at - 1] == b'&' && self.peek() == Some(b'>') {
                self.at += 1;
            }
        }
    }

    /// `<`, `>` and their like; remembers a here-document.
    fn redirection(&mut self) -> Result<(), Stop> {
        let at = self.at;
        if self.looking_at("<<<") {
            self.at += 3;
        } else if self.looking_at("<<") {
            self.at += 2;
            self.here_document(at);
        } else {
            self.at += 1;
            match self.peek() {
                Some(b'(') => {
                    self.at += 1;
                    return self.substitution(at);
                }
                Some(b'&' | b'|') => self.at += 1,
                _ => {}
            }
        }
        Ok(())
    }

    fn here_document(&mut self, at: usize) {
        let strips_tabs = self.peek() == Some(b'-');
        self.at += usize::from(strips_tabs);
        self.skip_spaces();
        let rest = &self.text[self.at..];
        let (quote, length) = match rest.bytes().next() {
            Some(quote @ (b'"' | b'\'')) => (1, rest[1..].find(quote as char)),
            Some(b'\\') => (1, None),
            _ => (0, None),
        };
        let inner = &rest[quote.min(rest.len())..];
        let length = length.unwrap_or_else(|| {
            inner
                .find(|next: char| !(next.is_alphanumeric() || matches!(next, '_' | '-' | '!' | '.')))
                .unwrap_or(inner.len())
        });
        let delimiter = &inner[..length];
        // `<<NAME>>` is a placeholder, `1 << 2` a shift.
        let after = inner[length..].bytes().next();
        if delimiter.is_empty() || after == Some(b'>') || delimiter.starts_with(|first: char| first.is_ascii_digit()) {
            return;
        }
        self.documents.push(Document {
            delimiter: delimiter.to_owned(),
            at,
            strips_tabs,
        });
        let closing = usize::from(quote == 1 && rest.starts_with(['"', '\'']));
        self.at += quote + length + closing;
    }

    /// The texts of the here-documents that were announced on the line before.
    fn documents(&mut self) -> Result<(), Stop> {
        for document in std::mem::take(&mut self.documents) {
            let mut indented = false;
            loop {
                if self.at >= self.bytes.len() {
                    let message = match indented {
                        true => format!("the `{}` that should end this text is indented", document.delimiter),
                        false => format!("no line `{}` ends this text", document.delimiter),
                    };
                    return Err(fault(document.at, message));
                }
                let start = self.at;
                self.skip_line();
                let line = self.text[start..self.at].trim_end_matches('\r');
                self.at = (self.at + 1).min(self.bytes.len());
                let bare = if document.strips_tabs { line.trim_start_matches('\t') } else { line };
                if let Some(rest) = bare.strip_prefix(document.delimiter.as_str())
                    && (rest.trim_end().is_empty() || rest.starts_with([')', '`', '"']))
                {
                    // What closes the substitution around it is read again.
                    if !rest.trim_end().is_empty() {
                        self.at = start + line.len() - rest.len();
                    } else {
                        self.at = self.at.min(self.bytes.len());
                    }
                    break;
                }
                indented |= bare.trim() == document.delimiter;
            }
        }
        Ok(())
    }

    /// One word, with everything that may nest inside of it.
    fn word(&mut self) -> Result<&'a str, Stop> {
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
    fn substitution(&mut self, at: usize) -> Result<(), Stop> {
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
                    Some(b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'<' | b'>' | b'(') => reader.at += 1,
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
    fn arithmetic(&mut self) -> bool {
        let mut depth = 0_usize;
        let mut at = self.at;
        while let Some(&byte) = self.bytes.get(at) {
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

    /// Whether the parenthesis here goes on with a URL that is to be fetched.
    fn ends_address(&self) -> bool {
        let line = self.text[..self.at].rsplit('\n').next().unwrap_or_default();
        let word = line.rsplit([' ', '\t', '"', '\'']).next().unwrap_or_default();
        word.starts_with("http") && word.contains("://") && line.trim_start().starts_with("curl ")
    }

    /// Skips the `()` of a function.
    fn empty_parentheses(&mut self) -> bool {
        let inner = self.text[self.at + 1..].trim_start_matches([' ', '\t']);
        if inner.starts_with(')') {
            self.at = self.text.len() - inner.len() + 1;
            return true;
        }
        false
    }

    /// The name after `function`, and its parentheses.
    fn function_name(&mut self) {
        self.skip_spaces();
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b':' | b'.')) {
            self.at += 1;
        }
        let at = self.at;
        self.skip_spaces();
        if self.peek() != Some(b'(') || !self.empty_parentheses() {
            self.at = at;
        }
    }

    fn skip_spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn skip_line(&mut self) {
        self.at = self.text[self.at..].find('\n').map_or(self.text.len(), |length| self.at + length);
    }

    fn skip_character(&mut self) {
        self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
    }
}

fn is_name(word: &str) -> bool {
    word.chars().all(|next| next.is_alphanumeric() || matches!(next, '_' | '-' | ':' | '.' | '@' | '/'))
}

fn fault(at: usize, message: impl Into<String>) -> Stop {
    Stop::Fault(Fault::new(at, message))
}

fn unclosed(open: Open) -> Stop {
    fault(open.at, format!("no `{}` closes this", open.kind.closer()))
}
