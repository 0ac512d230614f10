//! The statements of Python 3.14.
//!
//! Looser than Python where documents are: `...` may stand for anything, a body may be left out where a comment, a blank line or
//! the end of the text takes its place, and a snippet may begin with the second half of a statement.

use super::expressions::Shape;
use super::lexer::{Kind, Token};
use super::parser::{Parser, Read, fault};

impl Parser<'_> {
    pub(super) fn statement(&mut self, is_first: bool) -> Read {
        self.nested(|parser| parser.one_statement(is_first))
    }

    fn one_statement(&mut self, is_first: bool) -> Read {
        let start = self.token().start;
        self.statement = start;
        match self.kind() {
            Kind::Indent => Err(self.unexpected()),
            Kind::Keyword => match self.word() {
                "if" | "while" => self.branches(),
                "for" => self.for_loop(),
                "try" => self.try_blocks(start),
                "with" => self.with_block(),
                "def" => self.function(),
                "class" => self.class(),
                "async" => {
                    self.bump();
                    match self.word() {
                        "def" | "for" | "with" => self.one_statement(is_first),
                        _ => Err(self.unexpected()),
                    }
                }
                "elif" | "else" if is_first => self.branches(),
                "except" | "finally" if is_first => self.handlers().map(drop),
                "elif" | "else" => fault(start, "this branch belongs to no `if`, `for`, `while` or `try`"),
                "except" | "finally" => fault(start, "this clause belongs to no `try`"),
                _ => self.simple_line(),
            },
            Kind::Operator if self.is("@") => {
                self.bump();
                self.named_expression()?;
                // What is decorated may be left out.
                match self.kind() {
                    Kind::Newline => {
                        self.bump();
                        Ok(())
                    }
                    Kind::End => self.end(),
                    _ => Err(self.unexpected()),
                }
            }
            Kind::Name if matches!(self.word(), "match" | "case") && self.heads_block() => self.match_block(),
            _ => self.simple_line(),
        }
    }

    /// `if`, `elif`, `else`, `while`, each with its block.
    fn branches(&mut self) -> Read {
        loop {
            match self.word() {
                "if" | "elif" | "while" => {
                    self.bump();
                    self.named_expression()?;
                }
                _ => self.expect("else")?,
            }
            self.block()?;
            if !(self.is("elif") || self.is("else")) {
                return Ok(());
            }
        }
    }

    fn for_loop(&mut self) -> Read {
        self.bump();
        self.targets()?;
        self.expect("in")?;
        self.expressions()?;
        self.block()?;
        if self.is("else") {
            return self.branches();
        }
        Ok(())
    }

    fn try_blocks(&mut self, start: usize) -> Read {
        self.bump();
        self.block()?;
        let has_handlers = self.handlers()?;
        if !has_handlers && self.kind() != Kind::End && !self.follows_gap() {
            return fault(start, "this `try` has no `except` and no `finally`");
        }
        Ok(())
    }

    /// `except`, `else` and `finally` with their blocks; whether there are any.
    fn handlers(&mut self) -> Read<bool> {
        let mut has_any = false;
        loop {
            if self.eat("except") {
                self.eat("*");
                if !self.is(":") {
                    self.expressions()?;
                    if self.eat("as") {
                        self.name()?;
                    }
                }
            } else if !(self.eat("finally") || (has_any && self.eat("else"))) {
                return Ok(has_any);
            }
            has_any = true;
            self.block()?;
        }
    }

    fn with_block(&mut self) -> Read {
        self.bump();
        loop {
            self.expression()?;
            if self.eat("as") {
                self.target()?;
            }
            if !self.eat(",") {
                return self.block();
            }
        }
    }

    fn function(&mut self) -> Read {
        self.bump();
        self.dotted_name()?;
        self.type_parameters()?;
        self.parameters(true)?;
        if self.eat("->") {
            self.expressions()?;
        }
        self.block()
    }

    fn class(&mut self) -> Read {
        self.bump();
        self.dotted_name()?;
        self.type_parameters()?;
        if self.is("(") {
            self.call()?;
        }
        self.block()
    }

    /// API references write `class module.Name`.
    pub(super) fn dotted_name(&mut self) -> Read {
        self.name()?;
        while self.eat(".") {
            self.name()?;
        }
        Ok(())
    }

    fn type_parameters(&mut self) -> Read {
        if !self.eat("[") {
            return Ok(());
        }
        while !self.eat("]") {
            if !self.eat("**") {
                self.eat("*");
            }
            self.name()?;
            if self.eat(":") {
                self.expression()?;
            }
            if self.eat("=") {
                self.eat("*");
                self.expression()?;
            }
            if !self.eat(",") && !self.is("]") {
                return Err(self.unexpected_for("]"));
            }
        }
        Ok(())
    }

    /// `(a, /, b: int = 1, *args, c, **options)`.
    pub(super) fn parameters(&mut self, annotated: bool) -> Read {
        self.expect("(")?;
        self.parameter_list(")", annotated)?;
        self.expect(")")
    }

    pub(super) fn parameter_list(&mut self, end: &str, annotated: bool) -> Read {
        let (mut has_default, mut is_keyword_only) = (false, false);
        while !self.is(end) {
            let start = self.token().start;
            if self.eat("/") {
            } else if self.eat("**") {
                self.name()?;
                self.annotation(annotated)?;
            } else if self.eat("*") {
                is_keyword_only = true;
                if self.kind() == Kind::Name {
                    self.bump();
                    self.annotation(annotated)?;
                }
            } else {
                let is_elision = self.is("...");
                self.name()?;
                self.annotation(annotated)?;
                if self.eat("=") {
                    has_default = true;
                    self.expression()?;
                } else if has_default && !is_keyword_only && !is_elision {
                    return fault(start, "a parameter without a default after one with a default");
                }
            }
            if !self.eat(",") && !self.is(end) {
                return Err(self.unexpected_for(end));
            }
        }
        Ok(())
    }

    fn annotation(&mut self, annotated: bool) -> Read {
        if annotated && self.eat(":") {
            self.eat("*");
            self.expression()?;
        }
        Ok(())
    }

    /// Whether the logical line is the head of a block: `match value:`, and not a use of a variable `match`.
    fn heads_block(&self) -> bool {
        let tokens = &self.lexed.tokens[self.at + 1..];
        let starts = tokens.first().is_some_and(|next| {
            !(next.kind == Kind::Operator
                && matches!(
                    &self.text[next.start..next.end],
                    "=" | "." | "," | ")" | ":" | "+=" | "==" | ":="
                ))
        });
        let end = tokens
            .iter()
            .position(|token| matches!(token.kind, Kind::Newline | Kind::End))
            .unwrap_or(tokens.len());
        let colon = |token: &Token| &self.text[token.start..token.end] == ":";
        starts
            && (tokens[..end].last().is_some_and(colon)
                || (self.word() == "case" && tokens[..end].iter().any(colon)))
    }

    /// `match` or `case` with what it heads.
    fn match_block(&mut self) -> Read {
        let is_case = self.word() == "case";
        self.bump();
        if is_case {
            self.patterns()?;
            if self.eat("if") {
                self.named_expression()?;
            }
        } else {
            self.expressions()?;
        }
        self.block()
    }

    /// What a colon introduces.
    fn block(&mut self) -> Read {
        self.expect(":")?;
        if self.kind() != Kind::Newline {
            return match self.kind() {
                Kind::End => self.end(),
                _ => self.simple_line(),
            };
        }
        self.bump();
        if self.kind() != Kind::Indent {
            // Only a comment, a blank line or nothing: the body is left out.
            if self.kind() == Kind::End || self.follows_gap() {
                return Ok(());
            }
            return Err(self.unexpected_for("a body"));
        }
        self.bump();
        let mut is_first = true;
        loop {
            match self.kind() {
                Kind::Dedent => {
                    self.bump();
                    return Ok(());
                }
                Kind::End => return self.end(),
                Kind::Newline => self.bump(),
                _ => {
                    self.statement(is_first)?;
                    is_first = false;
                }
            }
        }
    }

    /// Whether a comment or a blank line lies between this token and what was read before, or at the end of that line.
    fn follows_gap(&self) -> bool {
        let mut before = self.at;
        while before > 0
            && matches!(
                self.lexed.tokens[before - 1].kind,
                Kind::Newline | Kind::Dedent | Kind::Indent
            )
        {
            before -= 1;
        }
        let from = before
            .checked_sub(1)
            .map_or(0, |last| self.lexed.tokens[last].end);
        let gap = &self.text[from..self.token().start.max(from)];
        gap.contains('#') || gap.matches('\n').count() > 1
    }

    /// Simple statements between semicolons, to the end of the line.
    fn simple_line(&mut self) -> Read {
        loop {
            self.simple()?;
            let goes_on = self.eat(";");
            match self.kind() {
                Kind::Newline => {
                    self.bump();
                    return Ok(());
                }
                Kind::End => return self.end(),
                _ if goes_on => {}
                _ => {
                    self.is_whole = true;
                    return Err(self.unexpected());
                }
            }
        }
    }

    fn simple(&mut self) -> Read {
        if self.kind() != Kind::Keyword {
            if self.kind() == Kind::Name && self.word() == "type" {
                let next = self.lexed.tokens[(self.at + 1).min(self.lexed.tokens.len() - 1)];
                if next.kind == Kind::Name {
                    return self.type_alias();
                }
            }
            return self.assignment();
        }
        match self.word() {
            "pass" | "break" | "continue" => self.bump(),
            "return" => {
                self.bump();
                if !self.ends_simple() {
                    self.expressions()?;
                }
            }
            "raise" => {
                self.bump();
                if !self.ends_simple() {
                    self.expression()?;
                    if self.eat("from") {
                        self.expression()?;
                    }
                }
            }
            "global" | "nonlocal" => {
                self.bump();
                self.name()?;
                while self.eat(",") {
                    self.name()?;
                }
            }
            "del" => {
                self.bump();
                self.targets()?;
            }
            "assert" => {
                self.bump();
                self.expressions()?;
            }
            "import" => {
                self.bump();
                self.imports()?;
            }
            "from" => self.import_from()?,
            _ => return self.assignment(),
        }
        Ok(())
    }

    fn ends_simple(&self) -> bool {
        matches!(self.kind(), Kind::Newline | Kind::End) || self.is(";")
    }

    fn type_alias(&mut self) -> Read {
        self.bump();
        self.name()?;
        self.type_parameters()?;
        self.expect("=")?;
        self.expression().map(drop)
    }

    fn imports(&mut self) -> Read {
        loop {
            self.dotted_name()?;
            if self.eat("as") {
                self.name()?;
            }
            if !self.eat(",") {
                return Ok(());
            }
        }
    }

    fn import_from(&mut self) -> Read {
        self.bump();
        let mut is_relative = false;
        while self.eat(".") || self.eat("...") {
            is_relative = true;
        }
        if !(is_relative && self.is("import")) {
            self.dotted_name()?;
        }
        self.expect("import")?;
        if self.eat("*") {
            return Ok(());
        }
        if !self.eat("(") {
            return self.imports();
        }
        while !self.eat(")") {
            self.imports_in_parentheses()?;
        }
        Ok(())
    }

    fn imports_in_parentheses(&mut self) -> Read {
        self.dotted_name()?;
        if self.eat("as") {
            self.name()?;
        }
        if !self.eat(",") && !self.is(")") {
            return Err(self.unexpected_for(")"));
        }
        Ok(())
    }

    /// An expression, or what is assigned to it.
    fn assignment(&mut self) -> Read {
        // `a = 2 * 3 = 6` is how a calculation is shown.
        let shape = self.expressions()?;
        if self.is("=") || (self.is(":") && shape == Shape::Target) {
            if self.eat(":") {
                self.expressions()?;
            }
            while self.eat("=") {
                self.expressions()?;
            }
        } else if self.is_augmented() {
            self.bump();
            self.expressions()?;
        }
        Ok(())
    }

    fn is_augmented(&self) -> bool {
        self.kind() == Kind::Operator
            && matches!(
                self.word(),
                "+=" | "-=" | "*=" | "/=" | "//=" | "%=" | "@=" | "&=" | "|=" | "^=" | ">>=" | "<<=" | "**="
            )
    }
}
