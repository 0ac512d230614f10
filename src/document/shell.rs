//! A POSIX shell command line in, its simple commands with spans out: enough to tell words from operators and quoted from bare.
//!
//! It never fails. What it does not follow (substitutions inside a word, arithmetic) stays text of the word it stands in.

use std::ops::Range;

/// How a piece of a word is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    Bare,
    Single,
    Double,
}

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it stands in the line, quotes included.
    pub span: Range<usize>,
    /// Without its quotes; variables and substitutions stay as they are written.
    pub text: String,
    /// The pieces it is written in, quotes not included.
    pub pieces: Vec<(Range<usize>, Quoting)>,
}

impl Word {
    /// How the byte at `offset` of the line is quoted.
    pub fn quoting_at(&self, offset: usize) -> Quoting {
        let piece = self.pieces.iter().find(|(range, _)| range.contains(&offset));
        piece.map_or(Quoting::Bare, |(_, quoting)| *quoting)
    }

    /// Whether it is written without any quotes.
    pub fn is_bare(&self) -> bool {
        self.pieces.iter().all(|(_, quoting)| *quoting == Quoting::Bare)
    }

    fn is_assignment(&self) -> bool {
        let Some((name, _)) = self.text.split_once('=') else {
            return false;
        };
        let name = name.trim_end_matches('+');
        let starts_right = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        starts_right
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }
}

/// What stands between two commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joint {
    /// The line begins, or a bracket.
    Start,
    /// `|` or `|&`
    Pipe,
    /// `&&`, `||`, `;`, `&` or a line break.
    Then,
}

/// One simple command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What joins it to the command before it.
    pub joint: Joint,
    /// `NAME=value` before the command.
    pub assignments: Vec<Word>,
    /// The command and its arguments, without redirections and reserved words such as `if`.
    pub words: Vec<Word>,
    /// Where redirections lead to or come from.
    pub redirections: Vec<Word>,
}

impl Command {
    /// What is run: `rm` of `/bin/rm`.
    pub fn name(&self) -> &str {
        let name = self.words.first().map_or("", |word| word.text.as_str());
        name.rsplit('/').next().unwrap_or(name)
    }

    fn new(joint: Joint) -> Self {
        Self {
            joint,
            assignments: Vec::new(),
            words: Vec::new(),
            redirections: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.assignments.is_empty() && self.redirections.is_empty()
    }
}

/// Words that stand before a command and are not one.
const RESERVED: &[&str] = &[
    "!", "{", "}", "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "time",
];

/// Words that run the words after them.
const PREFIXES: &[&str] = &["command", "env", "exec", "nohup", "sudo"];

/// The simple commands of a line, in order.
pub fn commands(text: &str) -> Vec<Command> {
    let mut lexer = Lexer {
        text,
        at: 0,
        heredocs: Vec::new(),
    };
    let mut done = Vec::new();
    let mut command = Command::new(Joint::Start);
    let mut redirects = false;
    while let Some(token) = lexer.next() {
        match token {
            Token::Word(word) if redirects => {
                redirects = false;
                command.redirections.push(word);
            }
            Token::Word(word) if command.words.is_empty() => {
                let text = word.text.as_str();
                let stands_before = word.is_bare() && (RESERVED.contains(&text) || PREFIXES.contains(&text));
                if word.is_assignment() {
                    command.assignments.push(word);
                } else if !stands_before {
                    command.words.push(word);
                }
            }
            Token::Word(word) => command.words.push(word),
            Token::Redirect => redirects = true,
            Token::Joint(joint) => {
                redirects = false;
                let finished = std::mem::replace(&mut command, Command::new(joint));
                if !finished.is_empty() {
                    done.push(finished);
                }
            }
        }
    }
    if !command.is_empty() {
        done.push(command);
    }
    done
}

enum Token {
    Word(Word),
    Joint(Joint),
    Redirect,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Delimiters of here-documents that begin after this line.
    heredocs: Vec<String>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Passes over blanks and comments.
    fn skip_blanks(&mut self) {
        while let Some(first) = self.rest().chars().next() {
            if self.rest().starts_with("\\\n") {
                self.at += 2;
            } else if first != '\n' && first.is_whitespace() {
                self.at += first.len_utf8();
            } else if first == '#' {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else {
                break;
            }
        }
    }

    fn next(&mut self) -> Option<Token> {
        loop {
            self.skip_blanks();
            let rest = self.rest();
            if rest.is_empty() {
                return None;
            }
            if let Some((length, joint)) = joint(rest) {
                self.at += length;
                if joint == Joint::Then && self.text[..self.at].ends_with('\n') {
                    self.skip_heredocs();
                }
                return Some(Token::Joint(joint));
            }
            let Some(length) = redirection(rest) else {
                if rest.starts_with('&') {
                    self.at += 1;
                    return Some(Token::Joint(Joint::Then));
                }
                return Some(Token::Word(self.word()));
            };
            let is_heredoc = rest[..length].ends_with("<<-")
                || (rest[..length].ends_with("<<") && !rest[..length].ends_with("<<<"));
            self.at += length;
            if !is_heredoc {
                return Some(Token::Redirect);
            }
            self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
            let delimiter = self.word();
            self.heredocs.push(delimiter.text);
        }
    }

    /// Passes over the here-documents that begin here.
    fn skip_heredocs(&mut self) {
        for delimiter in std::mem::take(&mut self.heredocs) {
            while self.at < self.text.len() {
                let rest = self.rest();
                let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
                let is_end = rest[..length].trim() == delimiter;
                self.at += length;
                if is_end {
                    break;
                }
            }
        }
    }

    fn word(&mut self) -> Word {
        let start = self.at;
        let mut word = Word {
            span: start..start,
            text: String::new(),
            pieces: Vec::new(),
        };
        while let Some(next) = self.rest().chars().next() {
            match next {
                '\'' => self.quoted(&mut word, Quoting::Single),
                '"' => self.quoted(&mut word, Quoting::Double),
                '\\' => {
                    let from = self.at;
                    self.at += 1;
                    if let Some(escaped) = self.rest().chars().next() {
                        self.at += escaped.len_utf8();
                        word.text.push(escaped);
                    }
                    // What a backslash protects is as good as quoted.
                    word.pieces.push((from..self.at, Quoting::Single));
                }
                '$' | '`' | '<' | '>' if self.substitution(&mut word) => {}
                _ if next.is_whitespace() || matches!(next, ';' | '|' | '&' | '(' | ')' | '<' | '>') => break,
                _ => self.bare(&mut word, next.len_utf8()),
            }
        }
        if self.at == start {
            // Nothing of the above: take one character, so that reading goes on.
            let length = self.rest().chars().next().map_or(0, char::len_utf8);
            self.bare(&mut word, length);
        }
        word.span = start..self.at;
        word
    }

    fn bare(&mut self, word: &mut Word, length: usize) {
        let from = self.at;
        self.at += length;
        word.text.push_str(&self.text[from..self.at]);
        match word.pieces.last_mut() {
            Some((range, Quoting::Bare)) if range.end == from => range.end = self.at,
            _ => word.pieces.push((from..self.at, Quoting::Bare)),
        }
    }

    /// A string in quotes, to its end or that of the text.
    fn quoted(&mut self, word: &mut Word, quoting: Quoting) {
        let quote = if quoting == Quoting::Single { '\'' } else { '"' };
        self.at += 1;
        let from = self.at;
        while let Some(next) = self.rest().chars().next() {
            if next == quote {
                break;
            }
            self.at += next.len_utf8();
            if next == '\\' && quoting == Quoting::Double {
                let escaped = self.rest().chars().next();
                self.at += escaped.map_or(0, char::len_utf8);
                if !matches!(escaped, Some('"' | '\\' | '$' | '`')) {
                    word.text.push('\\');
                }
                word.text.extend(escaped);
            } else {
                word.text.push(next);
            }
        }
        word.pieces.push((from..self.at, quoting));
        self.at = (self.at + 1).min(self.text.len());
    }

    /// `${…}`, `$(…)`, `<(…)` or backticks as one piece, whatever is inside; `false` when none begins here.
    fn substitution(&mut self, word: &mut Word) -> bool {
        let rest = self.rest();
        let (open, close, skip) = match rest.as_bytes() {
            [b'$', b'{', ..] => ('{', '}', 2),
            [b'$' | b'<' | b'>', b'(', ..] => ('(', ')', 2),
            [b'`', ..] => ('`', '`', 1),
            _ => return false,
        };
        let mut depth = 1;
        let mut end = rest.len();
        for (at, character) in rest.char_indices().skip_while(|(at, _)| *at < skip) {
            if character == close {
                depth -= 1;
                if depth == 0 {
                    end = at + 1;
                    break;
                }
            } else if character == open {
                depth += 1;
            }
        }
        self.bare(word, end);
        true
    }
}

/// An operator between commands that begins here, and its length. A single `&` may begin a redirection too and is not among them.
fn joint(rest: &str) -> Option<(usize, Joint)> {
    let operators = [
        ("&&", Joint::Then),
        ("||", Joint::Then),
        ("|&", Joint::Pipe),
        ("|", Joint::Pipe),
        (";", Joint::Then),
        ("\n", Joint::Then),
        ("(", Joint::Start),
        (")", Joint::Then),
    ];
    let found = operators.iter().find(|(operator, _)| rest.starts_with(operator));
    found.map(|(operator, joint)| (operator.len(), *joint))
}

/// Length of a redirection operator that begins here, with the number of its file before it.
fn redirection(rest: &str) -> Option<usize> {
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let operators = [
        "&>>", "&>", ">>", ">&", ">|", "<<<", "<<-", "<<", "<&", "<>", ">", "<",
    ];
    if rest[digits..].starts_with("<(") || rest[digits..].starts_with(">(") {
        return None;
    }
    let operator = operators.iter().find(|operator| {
        rest[digits..].starts_with(**operator) && (digits == 0 || !operator.starts_with('&'))
    })?;
    Some(digits + operator.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<String> {
        let commands = commands(text);
        let words = |words: &[Word]| {
            words
                .iter()
                .map(|word| word.text.clone())
                .collect::<Vec<_>>()
                .join(" ")
        };
        commands.iter().map(|command| words(&command.words)).collect()
    }

    #[test]
    fn commands_are_told_apart() {
        assert_eq!(shown("a b && c | d; e & f"), ["a b", "c", "d", "e", "f"]);
        assert_eq!(
            shown("if [ -f \"x y\" ]; then X=1 sudo rm -rf z; fi"),
            ["[ -f x y ]", "rm -rf z"]
        );
        assert_eq!(shown("(cd \"$A\" && b) || c > out 2>&1"), ["cd $A", "b", "c"]);
        assert_eq!(
            shown("grep -q 'rm -rf /' # && x\nnext"),
            ["grep -q rm -rf /", "next"]
        );
        assert_eq!(shown("cat <<'END'\nrm -rf /\nEND\nlast"), ["cat", "last"]);
        assert_eq!(
            shown("eval \"$(curl x | y)\" $(a | b)"),
            ["eval $(curl x | y) $(a | b)"]
        );
        assert_eq!(commands("curl x | sh")[1].joint, Joint::Pipe);
        assert_eq!(commands("/bin/sh x")[0].name(), "sh");
    }

    #[test]
    fn quotes_are_seen_where_they_are() {
        let text = "bash ${A}/x \"${A}/y\" '${A}' \\${A}";
        let words = commands(text).remove(0).words;
        let quoting: Vec<Quoting> = words[1..]
            .iter()
            .map(|word| word.quoting_at(word.span.start + text[word.span.clone()].find('$').unwrap()))
            .collect();
        assert_eq!(
            quoting,
            [Quoting::Bare, Quoting::Double, Quoting::Single, Quoting::Single]
        );
    }

    proptest! {
        #[test]
        fn any_line_is_read_to_its_end(text in r#"[a-c $(){}'"`\\|&;<>#=\né]{0,40}"#) {
            let mut last = 0;
            for command in commands(&text) {
                for word in &command.words {
                    prop_assert!(text.get(word.span.clone()).is_some());
                    prop_assert!(word.span.start >= last && word.span.end > word.span.start, "{:?}", word);
                    last = word.span.end;
                    for (piece, _) in &word.pieces {
                        prop_assert!(text.get(piece.clone()).is_some());
                    }
                }
            }
        }
    }
}
