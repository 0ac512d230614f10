//! The expressions of Python: operands with operators between them, whatever their precedence.

use super::lexer::Kind;
use super::parser::{Parser, Read, fault};

/// Whether something can be assigned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Target,
    Value,
}

impl Parser<'_> {
    /// Expressions between commas.
    pub(super) fn expressions(&mut self) -> Read<Shape> {
        let mut shape = Shape::Target;
        loop {
            self.eat("*");
            if self.named_expression()? == Shape::Value {
                shape = Shape::Value;
            }
            if !self.eat(",") || self.ends_list() {
                return Ok(shape);
            }
        }
    }

    fn ends_list(&self) -> bool {
        match self.kind() {
            Kind::Newline | Kind::End => true,
            Kind::Operator => matches!(self.word(), ")" | "]" | "}" | "=" | ":" | ";"),
            Kind::Keyword => matches!(self.word(), "in" | "as" | "if"),
            _ => false,
        }
    }

    /// `name := expression`, or an expression.
    pub(super) fn named_expression(&mut self) -> Read<Shape> {
        let shape = self.expression()?;
        if self.eat(":=") {
            self.expression()?;
            return Ok(Shape::Value);
        }
        Ok(shape)
    }

    pub(super) fn expression(&mut self) -> Read<Shape> {
        self.nested(Self::one_expression)
    }

    fn one_expression(&mut self) -> Read<Shape> {
        if self.eat("lambda") {
            self.parameter_list(":", false)?;
            self.expect(":")?;
            self.expression()?;
            return Ok(Shape::Value);
        }
        if self.eat("yield") {
            if self.eat("from") {
                self.expression()?;
            } else if !self.ends_list() {
                self.expressions()?;
            }
            return Ok(Shape::Value);
        }
        let shape = self.operation()?;
        if self.is("if") {
            self.bump();
            self.operation()?;
            self.expect("else")?;
            self.expression()?;
            return Ok(Shape::Value);
        }
        Ok(shape)
    }

    /// The patterns of a `case`, which end at the `if` of its guard. They are read as operands, of which they are a part.
    pub(super) fn patterns(&mut self) -> Read {
        loop {
            self.eat("*");
            self.operation()?;
            self.capture()?;
            if !self.eat(",") || self.ends_list() {
                return Ok(());
            }
        }
    }

    /// Operands and the operators between them.
    pub(super) fn operation(&mut self) -> Read<Shape> {
        let mut shape = self.operand()?;
        while self.operator() {
            self.operand()?;
            shape = Shape::Value;
        }
        Ok(shape)
    }

    /// Goes over an operator with two operands.
    fn operator(&mut self) -> bool {
        let is_operator = match self.kind() {
            Kind::Operator => matches!(
                self.word(),
                "+" | "-"
                    | "*"
                    | "/"
                    | "//"
                    | "%"
                    | "@"
                    | "**"
                    | "<<"
                    | ">>"
                    | "&"
                    | "|"
                    | "^"
                    | "<"
                    | ">"
                    | "<="
                    | ">="
                    | "=="
                    | "!="
            ),
            Kind::Keyword => match self.word() {
                "and" | "or" | "in" => true,
                "is" => {
                    if self.next_word() == "not" {
                        self.bump();
                    }
                    true
                }
                "not" if self.next_word() == "in" => {
                    self.bump();
                    true
                }
                _ => false,
            },
            _ => false,
        };
        if is_operator {
            self.bump();
        }
        is_operator
    }

    fn operand(&mut self) -> Read<Shape> {
        let mut is_plain = true;
        loop {
            let is_prefix = match self.kind() {
                Kind::Operator => matches!(self.word(), "-" | "+" | "~"),
                Kind::Keyword => matches!(self.word(), "not" | "await"),
                _ => false,
            };
            if !is_prefix {
                break;
            }
            is_plain = false;
            self.bump();
        }
        if !is_plain && self.is("lambda") {
            return self.expression();
        }
        let shape = self.target()?;
        Ok(if is_plain { shape } else { Shape::Value })
    }

    /// What `for` and `del` take: targets between commas.
    pub(super) fn targets(&mut self) -> Read {
        loop {
            self.eat("*");
            self.target()?;
            if !self.eat(",") || self.ends_list() {
                return Ok(());
            }
        }
    }

    /// An atom and what hangs on it: attributes, calls, subscripts.
    pub(super) fn target(&mut self) -> Read<Shape> {
        let mut shape = self.atom()?;
        loop {
            if self.kind() != Kind::Operator {
                return Ok(shape);
            }
            shape = match self.word() {
                "." => {
                    self.bump();
                    self.name()?;
                    Shape::Target
                }
                // `f(x) = …` is how formulas are written.
                "(" => {
                    self.call()?;
                    Shape::Target
                }
                "[" => {
                    self.subscript()?;
                    Shape::Target
                }
                _ => return Ok(shape),
            };
        }
    }

    fn atom(&mut self) -> Read<Shape> {
        match self.kind() {
            Kind::Name => {
                self.bump();
                Ok(Shape::Target)
            }
            Kind::Number => {
                self.bump();
                Ok(Shape::Value)
            }
            Kind::Text => {
                while self.kind() == Kind::Text {
                    self.bump();
                }
                Ok(Shape::Value)
            }
            Kind::Keyword if matches!(self.word(), "None" | "True" | "False") => {
                self.bump();
                Ok(Shape::Value)
            }
            Kind::Operator => match self.word() {
                "..." => {
                    self.bump();
                    Ok(Shape::Target)
                }
                "(" => self.group("(", ")"),
                "[" => self.group("[", "]"),
                "{" => self.braces(),
                _ => Err(self.unexpected_for("a value")),
            },
            _ => Err(self.unexpected_for("a value")),
        }
    }

    /// A parenthesis, a tuple, a list, or a comprehension of one.
    fn group(&mut self, open: &str, close: &str) -> Read<Shape> {
        self.expect(open)?;
        self.nested(|parser| {
            let mut shape = Shape::Target;
            while !parser.eat(close) {
                parser.eat("*");
                if parser.named_expression()? == Shape::Value {
                    shape = Shape::Value;
                }
                parser.capture()?;
                if parser.comprehension()? {
                    shape = Shape::Value;
                }
                parser.separator(close)?;
            }
            Ok(shape)
        })
    }

    /// The comma after an element, which the last one need not have.
    fn separator(&mut self, close: &str) -> Read {
        if self.eat(",") || self.is(close) {
            return Ok(());
        }
        Err(self.unexpected_for(close))
    }

    /// `as name`, of a pattern or of a `with` in parentheses.
    fn capture(&mut self) -> Read {
        if self.eat("as") {
            self.target()?;
        }
        Ok(())
    }

    /// A dictionary, a set, or a comprehension of one.
    fn braces(&mut self) -> Read<Shape> {
        self.expect("{")?;
        self.nested(|parser| {
            let mut is_map = None;
            while !parser.eat("}") {
                let start = parser.token().start;
                if parser.eat("**") {
                    parser.operation()?;
                } else {
                    parser.eat("*");
                    let is_elision = parser.is("...");
                    parser.named_expression()?;
                    let is_pair = parser.eat(":");
                    if is_pair {
                        parser.expression()?;
                        parser.capture()?;
                    }
                    if !is_elision && *is_map.get_or_insert(is_pair) != is_pair {
                        let message = if is_pair {
                            "a key with a value among values without keys"
                        } else {
                            "a value without a key among keys with values"
                        };
                        return fault(start, message);
                    }
                }
                parser.comprehension()?;
                parser.separator("}")?;
            }
            Ok(Shape::Value)
        })
    }

    /// The arguments of a call, with their parentheses.
    pub(super) fn call(&mut self) -> Read {
        self.expect("(")?;
        self.nested(|parser| {
            let mut after_keyword = false;
            while !parser.eat(")") {
                let start = parser.token().start;
                if parser.eat("**") {
                    parser.expression()?;
                    after_keyword = true;
                } else if parser.eat("*") {
                    parser.expression()?;
                } else {
                    let is_elision = parser.is("...");
                    parser.named_expression()?;
                    if parser.is("=") || parser.is(":") {
                        // API references write parameters where arguments belong: `f(name: type = default)`.
                        if parser.eat(":") {
                            parser.expression()?;
                        }
                        if parser.eat("=") {
                            parser.expression()?;
                        }
                        after_keyword = true;
                    } else if after_keyword && !is_elision {
                        return fault(start, "a positional argument after a keyword argument");
                    }
                }
                parser.capture()?;
                parser.comprehension()?;
                parser.separator(")")?;
            }
            Ok(())
        })
    }

    fn subscript(&mut self) -> Read {
        self.expect("[")?;
        self.nested(|parser| {
            if parser.is("]") {
                return Err(parser.unexpected_for("a value"));
            }
            while !parser.eat("]") {
                parser.eat("*");
                if !parser.is(":") {
                    parser.named_expression()?;
                }
                while parser.eat(":") {
                    if !(parser.is(":") || parser.is(",") || parser.is("]")) {
                        parser.expression()?;
                    }
                }
                parser.comprehension()?;
                parser.separator("]")?;
            }
            Ok(())
        })
    }

    /// One `key: value`, `name=value` or value.
    pub(super) fn element(&mut self) -> Read {
        if !self.eat("**") {
            self.eat("*");
        }
        self.named_expression()?;
        if self.eat(":") || self.eat("=") {
            self.expression()?;
        }
        // `name: type = value` in a list of parameters.
        if self.eat("=") {
            self.expression()?;
        }
        Ok(())
    }

    /// The `for … in … if …` of a comprehension; whether there is one.
    fn comprehension(&mut self) -> Read<bool> {
        let mut is_any = false;
        loop {
            if self.is("async") && self.next_word() == "for" {
                self.bump();
            }
            if self.eat("for") {
                self.targets()?;
                self.expect("in")?;
                self.operation()?;
                is_any = true;
            } else if is_any && self.eat("if") {
                self.condition()?;
            } else {
                return Ok(is_any);
            }
        }
    }

    fn condition(&mut self) -> Read {
        self.operation()?;
        if self.eat(":=") {
            self.operation()?;
        }
        Ok(())
    }
}
