//! The ground of the recogniser: where it stands among the tokens, what it expects there, and why it stops. Nothing is built.

use super::super::Fault;
use super::lexer::{Kind, Lexed, Token};

/// Deepest nesting of expressions and blocks; deeper ones are not judged.
const MAX_DEPTH: usize = 80;

/// Why reading stops.
#[derive(Debug)]
pub(super) enum Stop {
    Fault(Fault),
    TooDeep,
}

pub(super) type Read<T = ()> = Result<T, Stop>;

pub(super) fn fault<T>(at: usize, message: &str) -> Read<T> {
    Err(Stop::Fault(Fault::new(at, message)))
}

/// The fault of the bracket at `at`.
pub(super) fn unclosed(text: &str, at: usize) -> Fault {
    let bracket = &text[at..=at];
    Fault::new(at, format!("this `{bracket}` is never closed"))
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) lexed: &'a Lexed,
    pub(super) at: usize,
    depth: usize,
    /// Where the innermost statement begins that is being read.
    pub(super) statement: usize,
    /// Whether what was read last is a whole statement, after which the line should end.
    pub(super) is_whole: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, lexed: &'a Lexed) -> Self {
        Self {
            text,
            lexed,
            at: 0,
            depth: 0,
            statement: 0,
            is_whole: false,
        }
    }

    /// Statements to the end of the text.
    pub(super) fn file(&mut self) -> Read {
        let mut is_first = true;
        while self.kind() != Kind::End || self.lexed.fault.is_some() {
            match self.kind() {
                Kind::Newline | Kind::Dedent => self.bump(),
                _ => {
                    self.statement(is_first)?;
                    is_first = false;
                }
            }
        }
        self.end()
    }

    /// The inside of a call or of a dictionary: `"key": value,` and `name=value,` over several lines.
    pub(super) fn arguments(&mut self) -> Read {
        loop {
            self.skip_lines();
            if self.kind() == Kind::End {
                return self.end();
            }
            self.element()?;
            self.skip_lines();
            if !self.eat(",") && self.kind() != Kind::End {
                return Err(self.unexpected());
            }
        }
    }

    /// A function as documentation shows it: `name(parameters) -> type`.
    pub(super) fn signature(&mut self) -> Read {
        loop {
            self.dotted_name()?;
            self.parameters(true)?;
            if self.eat("->") {
                self.expression()?;
            }
            self.eat(":");
            self.skip_lines();
            if self.kind() == Kind::End {
                return self.end();
            }
        }
    }

    fn skip_lines(&mut self) {
        while matches!(self.kind(), Kind::Newline | Kind::Indent | Kind::Dedent) {
            self.bump();
        }
    }

    pub(super) fn token(&self) -> Token {
        self.lexed.tokens[self.at]
    }

    pub(super) fn kind(&self) -> Kind {
        self.token().kind
    }

    pub(super) fn word(&self) -> &'a str {
        let token = self.token();
        &self.text[token.start..token.end]
    }

    /// The token after this one.
    pub(super) fn next_word(&self) -> &'a str {
        let token = self.lexed.tokens[(self.at + 1).min(self.lexed.tokens.len() - 1)];
        &self.text[token.start..token.end]
    }

    /// Goes on by one token; the last one stays.
    pub(super) fn bump(&mut self) {
        self.at = (self.at + 1).min(self.lexed.tokens.len() - 1);
    }

    /// Whether an operator or keyword is next.
    pub(super) fn is(&self, word: &str) -> bool {
        let token = self.token();
        matches!(token.kind, Kind::Operator | Kind::Keyword)
            && token.end - token.start == word.len()
            && self.text.as_bytes()[token.start..token.end] == *word.as_bytes()
    }

    pub(super) fn eat(&mut self, word: &str) -> bool {
        let is = self.is(word);
        if is {
            self.bump();
        }
        is
    }

    pub(super) fn expect(&mut self, word: &str) -> Read {
        if self.eat(word) {
            return Ok(());
        }
        Err(self.unexpected_for(word))
    }

    pub(super) fn name(&mut self) -> Read {
        if self.kind() == Kind::Name || self.is("...") {
            self.bump();
            return Ok(());
        }
        Err(self.unexpected_for("a name"))
    }

    /// Runs `read` one level deeper.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == MAX_DEPTH {
            return Err(Stop::TooDeep);
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    pub(super) fn unexpected(&self) -> Stop {
        self.stop(None)
    }

    pub(super) fn unexpected_for(&self, wanted: &str) -> Stop {
        self.stop(Some(wanted))
    }

    fn stop(&self, wanted: Option<&str>) -> Stop {
        if self.kind() == Kind::End {
            if let Some(fault) = &self.lexed.fault {
                return Stop::Fault(fault.clone());
            }
            if let Some(at) = self.lexed.unclosed {
                return Stop::Fault(unclosed(self.text, at));
            }
        }
        let what = match self.kind() {
            Kind::Newline => "the line ends".to_owned(),
            Kind::End => "the code ends".to_owned(),
            Kind::Indent => "the line is indented".to_owned(),
            Kind::Dedent => "the block ends".to_owned(),
            Kind::Text => "a string stands".to_owned(),
            Kind::Name | Kind::Keyword | Kind::Number | Kind::Operator => format!("`{}` stands", self.word()),
        };
        let message = match wanted {
            Some(name @ ("a name" | "a body" | "a value")) => format!("{what} where {name} belongs"),
            Some(word) => format!("{what} where `{word}` belongs"),
            None => format!("{what} where it cannot"),
        };
        Stop::Fault(Fault::new(self.token().start, message))
    }

    /// The end of the text, unless the lexer came no further.
    pub(super) fn end(&self) -> Read {
        if self.lexed.fault.is_some() || self.lexed.unclosed.is_some() {
            return Err(self.unexpected());
        }
        Ok(())
    }
}
