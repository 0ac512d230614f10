//! Scripts: which bytes of a program are comments and which are strings, so that all others can be judged as code.
//!
//! One small reader per family of languages, which knows enough of it to tell the three apart and no more. It never fails: a
//! quote that nobody closes runs to the end of its line, or of the text where the language lets strings have many lines.
//!
//! Long because each of the three languages has its own quotes, and they are best seen side by side.

use crate::text::Span;

/// A family of languages with the same comments and strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    Python,
    /// `sh`, `bash`, `zsh`, `ksh` and `dash`.
    Shell,
    /// TypeScript too.
    JavaScript,
}

/// A script with its code told from the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    pub language: Language,
    /// Ascending and apart, each up to its line break or with its closing mark; a first line `#!…` is one.
    pub comments: Vec<Span>,
    /// Ascending and apart, quotes included; bodies of here-documents and regular expressions too. What `${…}` in a template or
    /// `$(…)` in double quotes holds is code, and parts the string in two.
    pub strings: Vec<Span>,
}

impl Language {
    /// The language of a file by its name's ending, or by its first line when the name has none.
    pub fn of(path: &str, text: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let Some((_, ending)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) else {
            return Self::of_interpreter(interpreter(text)?);
        };
        match ending.to_ascii_lowercase().as_str() {
            "py" | "pyw" => Some(Self::Python),
            "sh" | "bash" | "zsh" | "ksh" => Some(Self::Shell),
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => Some(Self::JavaScript),
            _ => None,
        }
    }

    /// The language that a program runs: `python3.12` runs Python.
    pub fn of_interpreter(program: &str) -> Option<Self> {
        match program.trim_end_matches(|end: char| end.is_ascii_digit() || end == '.') {
            "python" | "pypy" | "uv" | "pythonw" => Some(Self::Python),
            "sh" | "bash" | "zsh" | "ksh" | "dash" | "ash" => Some(Self::Shell),
            "node" | "nodejs" | "deno" | "bun" | "tsx" | "ts-node" | "zx" => Some(Self::JavaScript),
            _ => None,
        }
    }
}

/// The program a first line `#!…` names, without its folder; what `env` starts when that is `env`.
pub fn interpreter(text: &str) -> Option<&str> {
    let line = text.strip_prefix("#!")?.lines().next()?;
    let name = |word: &'_ str| -> usize { word.rfind('/').map_or(0, |at| at + 1) };
    let mut words = line.split_ascii_whitespace();
    let first = words.next()?;
    if &first[name(first)..] != "env" {
        return Some(&first[name(first)..]);
    }
    let program = words.find(|word| !word.starts_with('-') && !word.contains('='))?;
    Some(&program[name(program)..])
}

impl Script {
    /// Reads a file that is a script in a language known here.
    pub fn read(path: &str, text: &str) -> Option<Self> {
        Language::of(path, text).map(|language| Self::lex(language, text))
    }

    /// Reads a program of that language.
    pub fn lex(language: Language, text: &str) -> Self {
        let mut lexer = Lexer {
            bytes: text.as_bytes(),
            at: 0,
            script: Self {
                language,
                comments: Vec::new(),
                strings: Vec::new(),
            },
        };
        if text.starts_with("#!") {
            lexer.comment();
        }
        match language {
            Language::Python => lexer.python(),
            Language::Shell => lexer.shell(),
            Language::JavaScript => lexer.javascript(),
        }
        lexer.script
    }

    /// Whether the byte is neither in a comment nor in a string.
    pub fn is_code(&self, at: usize) -> bool {
        !self.is_comment(at) && !self.is_string(at)
    }

    pub fn is_comment(&self, at: usize) -> bool {
        holds(&self.comments, at)
    }

    pub fn is_string(&self, at: usize) -> bool {
        holds(&self.strings, at)
    }
}

fn holds(spans: &[Span], at: usize) -> bool {
    let next = spans.partition_point(|span| span.start <= at);
    next > 0 && spans[next - 1].contains(at)
}

/// A walk over the bytes. Every mark it stops at is ASCII, so that spans never part a character.
struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    script: Script,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn starts_with(&self, mark: &[u8]) -> bool {
        self.bytes[self.at.min(self.bytes.len())..].starts_with(mark)
    }

    fn end_of_line(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        rest.iter()
            .position(|&byte| byte == b'\n')
            .map_or(self.bytes.len(), |at| from + at)
    }

    fn string(&mut self, start: usize) {
        self.at = self.at.min(self.bytes.len());
        self.script.strings.push(Span::new(start, self.at));
    }

    /// A comment from here to the end of the line.
    fn comment(&mut self) {
        let end = self.end_of_line(self.at);
        self.script.comments.push(Span::new(self.at, end));
        self.at = end;
    }

    /// A string between two equal quotes, the backslash escaping.
    fn quoted(&mut self, quote: u8, has_many_lines: bool) {
        let start = self.at;
        self.at += 1;
        while self.at < self.bytes.len() {
            match self.bytes[self.at] {
                b'\\' => self.at += 2,
                b'\n' if !has_many_lines => break,
                byte if byte == quote => {
                    self.at += 1;
                    break;
                }
                _ => self.at += 1,
            }
        }
        self.string(start);
    }

    fn python(&mut self) {
        while self.at < self.bytes.len() {
            match self.bytes[self.at] {
                b'#' => self.comment(),
                quote @ (b'"' | b'\'') => {
                    if self.starts_with(&[quote; 3]) {
                        self.triple(quote);
                    } else {
                        self.quoted(quote, false);
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    fn triple(&mut self, quote: u8) {
        let start = self.at;
        self.at += 3;
        while self.at < self.bytes.len() && !self.starts_with(&[quote; 3]) {
            self.at += if self.bytes[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 3;
        self.string(start);
    }

    fn javascript(&mut self) {
        // Open braces in each template's `${…}` that is being read.
        let mut templates: Vec<usize> = Vec::new();
        // Where the last token that is neither space nor comment ended.
        let mut last = 0;
        while self.at < self.bytes.len() {
            let byte = self.bytes[self.at];
            match byte {
                b'/' if self.peek(1) == b'/' => {
                    self.comment();
                    continue;
                }
                b'/' if self.peek(1) == b'*' => {
                    self.block_comment();
                    continue;
                }
                b'/' if self.may_begin_expression(last) && self.regular_expression() => {}
                b'"' | b'\'' => self.quoted(byte, false),
                b'`' => self.template(&mut templates),
                b'}' if templates.last() == Some(&0) => {
                    templates.pop();
                    self.template(&mut templates);
                }
                _ => {
                    if let Some(open) = templates.last_mut() {
                        match byte {
                            b'{' => *open += 1,
                            b'}' => *open -= 1,
                            _ => {}
                        }
                    }
                    self.at += 1;
                    if byte.is_ascii_whitespace() {
                        continue;
                    }
                }
            }
            last = self.at;
        }
    }

    fn block_comment(&mut self) {
        let start = self.at;
        self.at += 2;
        while self.at < self.bytes.len() && !self.starts_with(b"*/") {
            self.at += 1;
        }
        self.at = (self.at + 2).min(self.bytes.len());
        self.script.comments.push(Span::new(start, self.at));
    }

    /// A template's text from its backtick, or from the `}` of a `${…}` in it, to its end or its next `${`.
    fn template(&mut self, templates: &mut Vec<usize>) {
        let start = self.at;
        self.at += 1;
        while self.at < self.bytes.len() {
            match self.bytes[self.at] {
                b'\\' => self.at += 2,
                b'`' => {
                    self.at += 1;
                    break;
                }
                b'$' if self.peek(1) == b'{' => {
                    self.at += 2;
                    templates.push(0);
                    break;
                }
                _ => self.at += 1,
            }
        }
        self.string(start);
    }

    /// Whether a slash here begins a regular expression and does not divide what ended at `last`.
    fn may_begin_expression(&self, last: usize) -> bool {
        let before = &self.bytes[..last];
        let word = before
            .iter()
            .rposition(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')))
            .map_or(before, |at| &before[at + 1..]);
        match before.last() {
            None => true,
            Some(b')' | b']' | b'}' | b'"' | b'\'' | b'`' | b'/') => false,
            Some(_) if word.is_empty() => before.last().is_some_and(u8::is_ascii),
            Some(_) => matches!(
                word,
                b"return"
                    | b"typeof"
                    | b"case"
                    | b"in"
                    | b"of"
                    | b"void"
                    | b"throw"
                    | b"else"
                    | b"await"
                    | b"yield"
            ),
        }
    }

    /// Reads a regular expression that ends on its line; where none does, nothing is read.
    fn regular_expression(&mut self) -> bool {
        let start = self.at;
        let mut at = start + 1;
        let mut in_class = false;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\n' => return false,
                b'\\' => at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    self.at = at + 1;
                    self.string(start);
                    return true;
                }
                _ => {}
            }
            at += 1;
        }
        false
    }

    fn shell(&mut self) {
        // Open parentheses in each `$(…)` that is being read inside double quotes.
        let mut substitutions: Vec<usize> = Vec::new();
        let mut documents: Vec<HereDocument> = Vec::new();
        while self.at < self.bytes.len() {
            let byte = self.bytes[self.at];
            match byte {
                b'\\' => self.at += 2,
                b'#' if self.begins_word() => self.comment(),
                b'\'' if self.at > 0 && self.bytes[self.at - 1] == b'$' => self.quoted(b'\'', true),
                b'\'' => {
                    let start = self.at;
                    self.at += 1;
                    while self.at < self.bytes.len() && self.bytes[self.at] != b'\'' {
                        self.at += 1;
                    }
                    self.at += 1;
                    self.string(start);
                }
                b'"' => self.double_quoted(&mut substitutions),
                b')' if substitutions.last() == Some(&0) => {
                    substitutions.pop();
                    self.double_quoted(&mut substitutions);
                }
                b'<' if self.starts_with(b"<<<") => self.at += 3,
                b'<' if self.starts_with(b"<<") => {
                    self.at += 2;
                    documents.extend(self.here_document());
                }
                b'\n' => {
                    self.at += 1;
                    for document in documents.drain(..) {
                        self.here_document_body(&document);
                    }
                }
                _ => {
                    if let Some(open) = substitutions.last_mut() {
                        match byte {
                            b'(' => *open += 1,
                            b')' => *open -= 1,
                            _ => {}
                        }
                    }
                    self.at += 1;
                }
            }
        }
    }

    fn begins_word(&self) -> bool {
        self.at == 0
            || matches!(self.bytes[self.at - 1], b';' | b'&' | b'|' | b'(' | b')' | b'`')
            || self.bytes[self.at - 1].is_ascii_whitespace()
    }

    /// The text between double quotes from its quote, or from the `)` of a `$(…)` in it, to its end or its next `$(`.
    fn double_quoted(&mut self, substitutions: &mut Vec<usize>) {
        let start = self.at;
        self.at += 1;
        while self.at < self.bytes.len() {
            match self.bytes[self.at] {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    break;
                }
                b'$' if self.peek(1) == b'(' => {
                    self.at += 2;
                    substitutions.push(0);
                    break;
                }
                _ => self.at += 1,
            }
        }
        self.string(start);
    }

    /// The word behind `<<`: the line that ends the document.
    fn here_document(&mut self) -> Option<HereDocument> {
        let is_indented = self.peek(0) == b'-';
        self.at += usize::from(is_indented);
        while self.peek(0) == b' ' {
            self.at += 1;
        }
        let quote = Some(self.peek(0)).filter(|byte| matches!(byte, b'"' | b'\''));
        self.at += usize::from(quote.is_some() || self.peek(0) == b'\\');
        let start = self.at;
        while self.peek(0).is_ascii_alphanumeric() || matches!(self.peek(0), b'_' | b'-' | b'.' | b'!') {
            self.at += 1;
        }
        let end = self.at;
        self.at += usize::from(quote.is_some_and(|quote| self.peek(0) == quote));
        // `1 << 3` shifts.
        let is_word = end > start && (quote.is_some() || !self.bytes[start].is_ascii_digit());
        is_word.then(|| HereDocument {
            last: self.bytes[start..end].to_vec(),
            is_indented,
        })
    }

    /// The lines of a document; none where the line that ends it is not there, for then it was no document.
    fn here_document_body(&mut self, document: &HereDocument) {
        let start = self.at;
        let mut at = start;
        while at < self.bytes.len() {
            let end = self.end_of_line(at);
            let line = self.bytes[at..end]
                .strip_suffix(b"\r")
                .unwrap_or(&self.bytes[at..end]);
            let line = if document.is_indented {
                line.trim_ascii_start()
            } else {
                line
            };
            if line == document.last {
                self.at = at;
                if at > start {
                    self.string(start);
                }
                self.at = end;
                return;
            }
            at = end + 1;
        }
    }
}

struct HereDocument {
    last: Vec<u8>,
    /// Written `<<-`: tabs before its last line do not count.
    is_indented: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The text with its comments as `#` and its strings as `_`, one for each character.
    fn masked(language: Language, text: &str) -> String {
        let script = Script::lex(language, text);
        text.char_indices()
            .map(|(at, character)| match character {
                '\n' => '\n',
                _ if script.is_comment(at) => '#',
                _ if script.is_string(at) => '_',
                other => other,
            })
            .collect()
    }

    #[test]
    fn python_is_told_apart() {
        for (text, expected) in [
            ("x = 'a # b' # c\ny", "x = _______ ###\ny"),
            ("r\"\\\"\" + f'{a}'", "r____ + f_____"),
            ("'''a\n'b' \\'''\n''' + 1", "____\n________\n___ + 1"),
            ("x = 'open\ninput()", "x = _____\ninput()"),
            ("#!/usr/bin/env python3\né", "######################\né"),
        ] {
            assert_eq!(masked(Language::Python, text), expected, "{text}");
        }
    }

    #[test]
    fn shell_is_told_apart() {
        for (text, expected) in [
            ("a#b ${#c} # d", "a#b ${#c} ###"),
            (
                "echo \"x $(run \"y\" '#') z\" \\\" w",
                "echo _____run ___ _______ \\\" w",
            ),
            (
                "cat <<'EOF' | sh\nread x\nEOF\nread y",
                "cat <<'EOF' | sh\n______\nEOF\nread y",
            ),
            ("cat <<-END\n\tx\n\tEND\ny", "cat <<-END\n__\n\tEND\ny"),
            ("n=$((1 << 3))\necho <<< 'x'", "n=$((1 << 3))\necho <<< ___"),
            ("echo $'it\\'s' x", "echo $_______ x"),
        ] {
            assert_eq!(masked(Language::Shell, text), expected, "{text}");
        }
    }

    #[test]
    fn javascript_is_told_apart() {
        for (text, expected) in [
            ("a / b / c // d", "a / b / c ####"),
            ("x = /['/]/g; y", "x = ______g; y"),
            ("return /`/.test(s) /* ` */", "return ___.test(s) #######"),
            ("`a ${b({c: `d`})} e` + 1", "_____b({c: ___})____ + 1"),
            ("'http://x' + \"\\\"//\"", "__________ + ______"),
        ] {
            assert_eq!(masked(Language::JavaScript, text), expected, "{text}");
        }
    }

    #[test]
    fn languages_are_known_by_ending_or_first_line() {
        for (path, text, expected) in [
            ("a/run.py", "", Some(Language::Python)),
            (
                "run",
                "#!/usr/bin/env -S uv run --script\n",
                Some(Language::Python),
            ),
            ("run", "#! /usr/bin/python3.12 -u\n", Some(Language::Python)),
            ("run", "#!/bin/bash\n", Some(Language::Shell)),
            ("run.MJS", "", Some(Language::JavaScript)),
            ("run.rb", "#!/bin/bash\n", None),
            ("LICENSE", "MIT", None),
            (".env", "A=1", None),
        ] {
            assert_eq!(Language::of(path, text), expected, "{path} {text}");
        }
    }

    proptest! {
        #[test]
        fn spans_ascend_inside_the_text(
            text in "(['\"`#\\\\/*$(){}\n \t]|<<|<<-EOF\n|EOF\n|//|/\\*|\\*/|'''|\"\"\"|\\$\\(|\\$\\{|é|a|return |\r\n|-){0,60}"
        ) {
            for language in [Language::Python, Language::Shell, Language::JavaScript] {
                let script = Script::lex(language, &text);
                for spans in [&script.comments, &script.strings] {
                    let mut end = 0;
                    for span in spans {
                        prop_assert!(end <= span.start && span.start < span.end, "{language:?} {span:?}");
                        prop_assert!(text.get(span.start..span.end).is_some(), "{language:?} {span:?}");
                        end = span.end;
                    }
                }
                for comment in &script.comments {
                    prop_assert!(!script.is_string(comment.start));
                }
            }
        }
    }
}
