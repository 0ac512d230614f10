//! SQL: where each statement of a script begins and ends, in the dialects of SQLite and PostgreSQL.
//!
//! This is a lexer, not a parser: it knows what may hide a semicolon (quotes, dollar quotes, comments, parentheses, `BEGIN ATOMIC`
//! bodies, triggers) and nothing else, so it splits broken statements as well as good ones. The rules for PostgreSQL are those of
//! `psql`, the rule for triggers is that of SQLite's own `sqlite3_complete`.

mod lexer;
pub mod name;
pub mod objects;

use std::ops::Range;

use crate::text::Span;

use lexer::Lexer;

/// Whose SQL it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// What a token is, as far as splitting cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// White space, or a byte order mark at the beginning.
    Space,
    Comment,
    /// A keyword, name, number or parameter.
    Word,
    /// A string or a quoted name, with its quotes.
    Quoted,
    /// A run of operator characters.
    Operator,
    Open,
    Close,
    Semicolon,
    /// Any other character.
    Other,
}

/// One token. Tokens lie one after the other and cover the whole text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

impl Token {
    /// Whether the database sees it at all.
    pub fn is_code(&self) -> bool {
        !matches!(self.kind, TokenKind::Space | TokenKind::Comment)
    }
}

/// One statement: from its first word to its last token, without the semicolon and without comments around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub span: Span,
    tokens: Range<usize>,
}

/// A text taken apart into statements. What lies between them is white space, comments and semicolons.
#[derive(Debug, Clone)]
pub struct Script<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    pub statements: Vec<Statement>,
    /// Where a quote or block comment begins that is never closed.
    pub unclosed: Option<Span>,
}

impl<'a> Script<'a> {
    /// Splits `text`. Every text has a result.
    pub fn read(text: &'a str, dialect: Dialect) -> Self {
        let mut lexer = Lexer::new(text, dialect);
        let tokens: Vec<Token> = lexer.by_ref().collect();
        let statements = split(text, &tokens, dialect);
        Self {
            text,
            tokens,
            statements,
            unclosed: lexer.unclosed,
        }
    }

    /// The text of a statement.
    pub fn text_of(&self, statement: &Statement) -> &'a str {
        &self.text[statement.span.start..statement.span.end]
    }

    /// The tokens of a statement that the database sees, as text.
    pub fn code_of(&self, statement: &Statement) -> impl Iterator<Item = (TokenKind, &'a str)> + use<'a, '_> {
        self.tokens[statement.tokens.clone()]
            .iter()
            .filter(|token| token.is_code())
            .map(|token| (token.kind, &self.text[token.span.start..token.span.end]))
    }

    /// Whether a statement begins with these keywords, whatever their case.
    pub fn begins_with(&self, statement: &Statement, keywords: &[&str]) -> bool {
        let mut code = self.code_of(statement);
        keywords.iter().all(|keyword| {
            code.next()
                .is_some_and(|(kind, word)| kind == TokenKind::Word && word.eq_ignore_ascii_case(keyword))
        })
    }

    /// All tokens, in order.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }
}

fn split(text: &str, tokens: &[Token], dialect: Dialect) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut open = Building::default();
    for (index, token) in tokens.iter().enumerate() {
        if !token.is_code() {
            continue;
        }
        let word = &text[token.span.start..token.span.end];
        if token.kind == TokenKind::Semicolon && open.ends_here(dialect) {
            statements.extend(open.finish());
            open = Building::default();
        } else {
            open.take(index, token, word, dialect);
        }
    }
    statements.extend(open.finish());
    statements
}

/// A statement while it is read.
#[derive(Default)]
struct Building {
    first: Option<(usize, usize)>,
    last: (usize, usize),
    /// The first keywords in lower case, as far as they decide about semicolons.
    head: Vec<String>,
    parentheses: usize,
    /// Open `BEGIN` and `CASE` of an SQL-standard function body.
    blocks: usize,
    /// How much of SQLite's `; END` was seen last: 1 after the semicolon, 2 after `END`.
    closing: u8,
}

impl Building {
    fn take(&mut self, index: usize, token: &Token, text: &str, dialect: Dialect) {
        self.first.get_or_insert((index, token.span.start));
        self.last = (index, token.span.end);
        match token.kind {
            TokenKind::Open => self.parentheses += 1,
            TokenKind::Close => self.parentheses = self.parentheses.saturating_sub(1),
            TokenKind::Word => self.take_word(text, dialect),
            _ => {}
        }
        self.closing = match (token.kind, self.closing) {
            (TokenKind::Semicolon, _) => 1,
            (TokenKind::Word, 1) if text.eq_ignore_ascii_case("end") => 2,
            _ => 0,
        };
    }

    fn take_word(&mut self, word: &str, dialect: Dialect) {
        let word = word.to_ascii_lowercase();
        if dialect == Dialect::Postgres && self.parentheses == 0 && self.is_routine() {
            match word.as_str() {
                "begin" => self.blocks += 1,
                "case" if self.blocks > 0 => self.blocks += 1,
                "end" => self.blocks = self.blocks.saturating_sub(1),
                _ => {}
            }
        }
        if self.head.len() < 4 {
            self.head.push(word);
        }
    }

    fn head_is(&self, patterns: &[&[&str]]) -> bool {
        patterns.iter().any(|pattern| {
            self.head.len() >= pattern.len()
                && self.head.iter().zip(*pattern).all(|(word, want)| word == want)
        })
    }

    fn is_routine(&self) -> bool {
        self.head_is(&[
            &["create", "function"],
            &["create", "procedure"],
            &["create", "or", "replace", "function"],
            &["create", "or", "replace", "procedure"],
        ])
    }

    fn is_trigger(&self) -> bool {
        self.head_is(&[
            &["create", "trigger"],
            &["create", "temp", "trigger"],
            &["create", "temporary", "trigger"],
        ])
    }

    fn ends_here(&self, dialect: Dialect) -> bool {
        match dialect {
            Dialect::Postgres => self.parentheses == 0 && self.blocks == 0,
            Dialect::Sqlite => !self.is_trigger() || self.closing == 2,
        }
    }

    fn finish(self) -> Option<Statement> {
        let (first, start) = self.first?;
        let (last, end) = self.last;
        Some(Statement {
            span: Span::new(start, end),
            tokens: first..last + 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn statements(text: &str, dialect: Dialect) -> Vec<&str> {
        let script = Script::read(text, dialect);
        script
            .statements
            .iter()
            .map(|statement| script.text_of(statement))
            .collect()
    }

    #[test]
    fn quotes_and_comments_hide_semicolons() {
        let text = "-- a; b\nSELECT 'x;''y;', \"n;\"; /* c; */ SELECT 2 -- end;\n;;";
        assert_eq!(
            statements(text, Dialect::Sqlite),
            ["SELECT 'x;''y;', \"n;\"", "SELECT 2"]
        );
        assert_eq!(
            statements(text, Dialect::Postgres),
            ["SELECT 'x;''y;', \"n;\"", "SELECT 2"]
        );
    }

    #[test]
    fn postgres_escapes_nested_comments_and_dollar_quotes() {
        let text = r"SELECT E'it\'s; here'; SELECT 'back\'; SELECT 3; /* a /* b; */ c; */ SELECT 4;";
        assert_eq!(
            statements(text, Dialect::Postgres),
            [
                r"SELECT E'it\'s; here'",
                r"SELECT 'back\'",
                "SELECT 3",
                "SELECT 4"
            ]
        );
        let text = "DO $do$ BEGIN PERFORM $$a;b$$; END; $do$; SELECT a$b$, $1; SELECT $x$;$x$";
        assert_eq!(
            statements(text, Dialect::Postgres),
            [
                "DO $do$ BEGIN PERFORM $$a;b$$; END; $do$",
                "SELECT a$b$, $1",
                "SELECT $x$;$x$"
            ]
        );
    }

    #[test]
    fn comments_of_sqlite_do_not_nest_and_names_may_stand_in_brackets() {
        assert_eq!(
            statements("/* a /* b; */ SELECT 1; SELECT 2", Dialect::Sqlite),
            ["SELECT 1", "SELECT 2"]
        );
        assert_eq!(
            statements("SELECT [a;b], `c;d`; SELECT 2", Dialect::Sqlite),
            ["SELECT [a;b], `c;d`", "SELECT 2"]
        );
        assert_eq!(
            statements("SELECT a[1]; SELECT 2", Dialect::Postgres),
            ["SELECT a[1]", "SELECT 2"]
        );
    }

    #[test]
    fn a_standard_function_body_is_one_statement() {
        let function = "CREATE OR REPLACE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 END; SELECT 2; END";
        let text = format!("{function}; SELECT 3;");
        assert_eq!(statements(&text, Dialect::Postgres), [function, "SELECT 3"]);
        let rule = "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)";
        assert_eq!(
            statements(&format!("{rule}; BEGIN; COMMIT"), Dialect::Postgres),
            [rule, "BEGIN", "COMMIT"]
        );
    }

    #[test]
    fn a_trigger_of_sqlite_is_one_statement() {
        let trigger = "CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; DELETE FROM u; /* x */ END";
        assert_eq!(
            statements(&format!("{trigger};\nSELECT 1;"), Dialect::Sqlite),
            [trigger, "SELECT 1"]
        );
    }

    #[test]
    fn what_is_never_closed_is_told() {
        let script = Script::read("SELECT 1; SELECT 'abc; SELECT 2", Dialect::Postgres);
        assert_eq!(script.unclosed.map(|span| span.start), Some(17));
        assert_eq!(script.statements.len(), 2);
        assert!(Script::read("SELECT $$a", Dialect::Postgres).unclosed.is_some());
        assert!(Script::read("/* a", Dialect::Postgres).unclosed.is_some());
        assert!(
            Script::read("SELECT 1 -- '", Dialect::Postgres)
                .unclosed
                .is_none()
        );
    }

    #[test]
    fn keywords_at_the_beginning_are_found_behind_comments() {
        let script = Script::read("\u{feff}/* x */ start -- y\n transaction;", Dialect::Postgres);
        assert!(script.begins_with(&script.statements[0], &["START", "TRANSACTION"]));
        assert!(!script.begins_with(&script.statements[0], &["start", "transaction", "x"]));
    }

    fn dialect() -> impl Strategy<Value = Dialect> {
        prop_oneof![Just(Dialect::Sqlite), Just(Dialect::Postgres)]
    }

    proptest! {
        #[test]
        fn tokens_cover_the_text_and_statements_cover_its_code(
            text in r#"([a-eE ;'"$\\/*()\-\[\]`é\n]|begin |end|case |create |function |trigger |atomic |--|/\*|\*/|\$\$){0,40}"#,
            dialect in dialect(),
        ) {
            let script = Script::read(&text, dialect);
            let mut at = 0;
            for token in script.tokens() {
                prop_assert_eq!(token.span.start, at);
                prop_assert!(!token.span.is_empty());
                at = token.span.end;
            }
            prop_assert_eq!(at, text.len());
            let mut end = 0;
            for statement in &script.statements {
                prop_assert!(statement.span.start >= end && !statement.span.is_empty());
                end = statement.span.end;
            }
            for token in script.tokens().iter().filter(|token| token.is_code()) {
                let inside = script.statements.iter().any(|statement| {
                    statement.span.start <= token.span.start && token.span.end <= statement.span.end
                });
                prop_assert!(inside || token.kind == TokenKind::Semicolon, "{:?} is lost", token);
            }
        }

        #[test]
        fn joined_statements_come_apart_again(
            parts in prop::collection::vec(prop_oneof![
                Just("SELECT 1"), Just("SELECT ';'"), Just("INSERT INTO t VALUES ('a''b', \"c;d\")"),
                Just("SELECT -1 /* ; */ + 2"), Just("UPDATE t SET a = 'é'"),
            ], 0..6),
            joints in prop::collection::vec(prop_oneof![Just(";"), Just(" ; -- x;y\n"), Just(";\r\n/* ; */"), Just(";;\n")], 6),
            dialect in dialect(),
        ) {
            let text: String = parts.iter().zip(&joints).flat_map(|(part, joint)| [*part, *joint]).collect();
            prop_assert_eq!(statements(&text, dialect), parts);
        }
    }
}
