//! One migration file made ready to run: its statements, and whether it may be run at all.

use crate::document::sql::{Dialect, Script, Statement, TokenKind};
use crate::failure::{Failure, Result};
use crate::text::Source;

use super::migrations::is_without_transaction;

/// The line that `db migrate new` writes into a file, so that one that was never filled in is not taken for a migration.
pub const UNWRITTEN: &str = "-- Write the statements of this migration below, then remove this line.";

/// A file that can be run.
#[derive(Debug)]
pub struct Job<'a> {
    pub source: &'a Source,
    pub script: Script<'a>,
    /// Whether it runs in one transaction with its row of the history.
    pub in_transaction: bool,
    /// What to look at though it stops nothing.
    pub warnings: Vec<String>,
    /// A `BEGIN` and `COMMIT` around everything, which say what is done anyway.
    wrapped: bool,
}

/// Statements that begin or end a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    Begin,
    End,
}

impl<'a> Job<'a> {
    /// Reads a file. Fails, naming file and line, when it cannot mean what it says inside packwright's transaction.
    pub fn read(source: &'a Source, dialect: Dialect) -> Result<Self> {
        let script = Script::read(source.text(), dialect);
        let mut job = Self {
            source,
            in_transaction: !is_without_transaction(source),
            wrapped: false,
            warnings: Vec::new(),
            script,
        };
        job.wrapped = job.in_transaction && job.is_wrapped();
        job.check(dialect)?;
        Ok(job)
    }

    /// The statements to run, in order.
    pub fn statements(&self) -> &[Statement] {
        let all = &self.script.statements;
        if self.wrapped { &all[1..all.len() - 1] } else { all }
    }

    /// The text to send as one query: that of the file, character for character, with what must not be sent blanked out.
    pub fn text(&self) -> String {
        let mut text = self
            .source
            .text()
            .replacen('\u{feff}', " ", usize::from(self.has_mark()));
        if self.wrapped {
            let all = &self.script.statements;
            let shift = if self.has_mark() {
                '\u{feff}'.len_utf8() - 1
            } else {
                0
            };
            for statement in [&all[0], &all[all.len() - 1]] {
                let range = statement.span.start - shift..statement.span.end - shift;
                text.replace_range(range.clone(), &" ".repeat(range.len()));
            }
        }
        text
    }

    fn has_mark(&self) -> bool {
        self.source.text().starts_with('\u{feff}')
    }

    /// Whether a statement begins or ends a transaction.
    pub fn control(&self, statement: &Statement) -> Option<Control> {
        let begins = |keywords: &[&str]| self.script.begins_with(statement, keywords);
        if begins(&["begin"]) || begins(&["start", "transaction"]) {
            return Some(Control::Begin);
        }
        let ends = begins(&["commit"])
            || begins(&["end"])
            || begins(&["abort"])
            || begins(&["prepare", "transaction"])
            || (begins(&["rollback"]) && !self.words(statement).any(|word| word.eq_ignore_ascii_case("to")));
        ends.then_some(Control::End)
    }

    /// Whether the file may leave a setting, a role or a search path changed: it has a word that can do so, or that calls what can.
    pub fn may_set(&self) -> bool {
        const WORDS: &[&str] = &[
            "set",
            "reset",
            "set_config",
            "select",
            "do",
            "call",
            "execute",
            "load",
        ];
        let all = self.script.statements.iter();
        let mut words = all.flat_map(|statement| self.words(statement));
        words.any(|word| WORDS.iter().any(|one| word.eq_ignore_ascii_case(one)))
    }

    /// Line of a statement in its file, from 1.
    pub fn line(&self, statement: &Statement) -> usize {
        self.source.locate(statement.span.start).line
    }

    fn words(&self, statement: &Statement) -> impl Iterator<Item = &'a str> {
        self.script
            .code_of(statement)
            .filter(|(kind, _)| *kind == TokenKind::Word)
            .map(|(_, word)| word)
    }

    fn is_wrapped(&self) -> bool {
        let all = &self.script.statements;
        match (all.first(), all.last()) {
            (Some(first), Some(last)) if all.len() >= 2 => {
                self.control(first) == Some(Control::Begin)
                    && (self.script.begins_with(last, &["commit"]) || self.script.begins_with(last, &["end"]))
            }
            _ => false,
        }
    }

    fn check(&mut self, dialect: Dialect) -> Result<()> {
        let path = self.source.path();
        if let Some(unclosed) = self.script.unclosed {
            let line = self.source.locate(unclosed.start).line;
            return Err(Failure::user(format!(
                "`{path}` line {line}: a quote or comment begins here and never ends"
            ))
            .hint("close it; nothing of the file was run"));
        }
        if self.script.statements.is_empty() {
            if self.source.text().contains(UNWRITTEN) {
                return Err(Failure::user(format!("`{path}` has not been written yet"))
                    .hint("write its statements, or remove the file"));
            }
            self.warnings.push(format!("`{path}` has no statements"));
        }
        for statement in &self.script.statements {
            let line = self.line(statement);
            let fail = |what: &str| Failure::user(format!("`{path}` line {line}: {what}"));
            if dialect == Dialect::Postgres && self.is_copy_from_client(statement) {
                return Err(fail(
                    "`copy … from stdin` takes its rows from a terminal, which a migration does not have",
                )
                .hint("write the rows as `insert`; `pg_dump --inserts` does"));
            }
            if dialect == Dialect::Sqlite
                && let Some(parameter) = self.parameter(statement)
            {
                return Err(fail(&format!(
                    "`{parameter}` stands for a value that nobody gives to a migration"
                ))
                .hint("write the value itself"));
            }
            if !self.in_transaction || self.wrapped && self.is_outer(statement) {
                continue;
            }
            if self.control(statement).is_some() {
                let word = self
                    .words(statement)
                    .next()
                    .unwrap_or_default()
                    .to_ascii_lowercase();
                return Err(fail(&format!(
                    "`{word}` would break the transaction that packwright puts around the file"
                ))
                .hint(
                    "remove it, or begin the file with `-- no-transaction` to manage transactions yourself",
                ));
            }
            if dialect == Dialect::Sqlite && self.is_idle_pragma(statement) {
                self.warnings.push(format!(
                    "`{path}` line {line}: `pragma foreign_keys` has no effect inside a transaction; begin the file with `-- no-transaction` if it must have one"
                ));
            }
        }
        Ok(())
    }

    fn is_outer(&self, statement: &Statement) -> bool {
        let all = &self.script.statements;
        all.first() == Some(statement) || all.last() == Some(statement)
    }

    fn is_copy_from_client(&self, statement: &Statement) -> bool {
        let mut words = self
            .words(statement)
            .skip_while(|word| !word.eq_ignore_ascii_case("from"));
        self.script.begins_with(statement, &["copy"])
            && words
                .nth(1)
                .is_some_and(|word| word.eq_ignore_ascii_case("stdin"))
    }

    /// A parameter of SQLite: `?`, `?1`, `:name`, `@name`, `$name`. SQLite takes null for one that is not bound, and a migration is
    /// sent together with what records it, whose values are bound.
    fn parameter(&self, statement: &Statement) -> Option<&'a str> {
        let code = self.script.code_of(statement);
        code.filter(|(kind, _)| *kind != TokenKind::Quoted)
            .map(|(_, token)| token)
            .find(|token| token.contains(['?', ':', '@']) || token.starts_with('$'))
    }

    fn is_idle_pragma(&self, statement: &Statement) -> bool {
        self.script.begins_with(statement, &["pragma", "foreign_keys"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, dialect: Dialect) -> Result<(String, usize, usize)> {
        let source = Source::new("m/1_a.sql", text);
        let job = Job::read(&source, dialect)?;
        Ok((job.text(), job.statements().len(), job.warnings.len()))
    }

    #[test]
    fn a_parameter_is_refused_on_sqlite_and_what_only_looks_like_one_is_not() {
        for (text, parameter) in [
            ("INSERT INTO t VALUES (?)", "?"),
            ("INSERT INTO t VALUES (1, ?2)", "?"),
            ("UPDATE t SET a=?", "?"),
            ("INSERT INTO t VALUES (:x)", ":"),
            ("INSERT INTO t VALUES (@x)", "@"),
            ("INSERT INTO t VALUES ($x)", "$"),
        ] {
            let failure = check(text, Dialect::Sqlite).unwrap_err();
            assert!(failure.message.contains(parameter), "{text}: {failure:?}");
            assert!(
                failure.message.contains("stands for a value"),
                "{text}: {failure:?}"
            );
        }
        for text in [
            "INSERT INTO t VALUES ('a?', ':x', \"@\", `$y`, [?]) -- ?",
            "SELECT a$b, j -> '$.k', j ->> '$.k' /* :x */ FROM t",
        ] {
            assert!(check(text, Dialect::Sqlite).is_ok(), "{text}");
        }
        assert!(check("SELECT '{}'::jsonb ? 'a', '{}'::jsonb @> '{}'", Dialect::Postgres).is_ok());
    }

    #[test]
    fn a_begin_and_commit_around_everything_is_blanked_and_places_stay() {
        let (text, statements, _) = check("\u{feff}BEGIN;\nSELECT 1;\ncommit;\n", Dialect::Postgres).unwrap();
        assert_eq!(text, "      ;\nSELECT 1;\n      ;\n");
        assert_eq!(
            text.chars().count(),
            "\u{feff}BEGIN;\nSELECT 1;\ncommit;\n".chars().count()
        );
        assert_eq!(statements, 1);
    }

    #[test]
    fn other_transaction_control_is_refused_with_its_line() {
        let failure = check("SELECT 1;\nCOMMIT;\nSELECT 2;", Dialect::Postgres).unwrap_err();
        assert!(
            failure
                .message
                .starts_with("`m/1_a.sql` line 2: `commit` would break"),
            "{failure}"
        );
        for fine in [
            "-- no-transaction\nBEGIN;\nSELECT 1;\nCOMMIT;\nSELECT 2;",
            "SAVEPOINT a; SELECT 1; ROLLBACK TO a;",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; SELECT 1",
        ] {
            check(fine, Dialect::Postgres).unwrap();
        }
    }

    #[test]
    fn what_cannot_work_is_refused_before_anything_runs() {
        for (text, words) in [
            ("SELECT 1;\nSELECT 'abc;\n", "line 2: a quote or comment"),
            ("COPY t (a, b) FROM stdin;\n", "line 1: `copy"),
            (UNWRITTEN, "has not been written yet"),
        ] {
            let failure = check(text, Dialect::Postgres).unwrap_err();
            assert!(failure.message.contains(words), "{failure}");
        }
        check(
            "COPY t FROM '/tmp/stdin'; SELECT copy FROM stdin",
            Dialect::Postgres,
        )
        .unwrap();
    }

    #[test]
    fn what_has_no_effect_is_remarked() {
        assert_eq!(check("PRAGMA foreign_keys = OFF;", Dialect::Sqlite).unwrap().2, 1);
        assert_eq!(
            check("-- no-transaction\nPRAGMA foreign_keys = OFF;", Dialect::Sqlite)
                .unwrap()
                .2,
            0
        );
        assert_eq!(check("-- nothing", Dialect::Sqlite).unwrap().2, 1);
    }
}
