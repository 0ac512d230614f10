//! SQL: what every dialect has in common. Quotes, comments and parentheses must close; more would be a matter of the engine.

use crate::document::sql::{Dialect, Script, TokenKind};

use super::Fault;

/// What a statement begins with.
const VERBS: [&str; 24] = [
    "alter", "analyze", "begin", "call", "comment", "copy", "create", "declare", "delete", "do", "drop",
    "exec", "execute", "explain", "grant", "insert", "merge", "replace", "select", "set", "show", "update",
    "vacuum", "with",
];

/// Why `text` is not SQL: only what every dialect would refuse.
pub(super) fn read(text: &str) -> Option<Fault> {
    let fault = fault_in(text, Dialect::Postgres)?;
    fault_in(text, Dialect::Sqlite)?;
    fault_in(&without_backslashes(text), Dialect::Sqlite)?;
    Some(fault)
}

fn fault_in(text: &str, dialect: Dialect) -> Option<Fault> {
    let script = Script::read(text, dialect);
    let mut open: Vec<usize> = Vec::new();
    for token in script.tokens() {
        match token.kind {
            TokenKind::Open => open.push(token.span.start),
            TokenKind::Close if open.pop().is_none() => {
                return Some(Fault::new(token.span.start, "this parenthesis closes nothing"));
            }
            _ => {}
        }
    }
    if let Some(unclosed) = script.unclosed {
        // What is injected into a statement begins inside of a quote.
        let statement = script
            .statements
            .iter()
            .find(|statement| statement.span.start <= unclosed.start && unclosed.start < statement.span.end);
        let is_statement = |statement| VERBS.iter().any(|verb| script.begins_with(statement, &[verb]));
        if !statement.is_none_or(is_statement) {
            return None;
        }
        let what = if text[unclosed.start..].starts_with("/*") {
            "this comment is never closed"
        } else {
            "this quote is never closed"
        };
        return Some(Fault::new(unclosed.start, what));
    }
    let at = open.pop()?;
    Some(Fault::new(at, "this parenthesis is never closed"))
}

/// The text as `MySQL` and `BigQuery` read it, where a backslash hides the next character and `#` opens a comment. Same length.
fn without_backslashes(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut at = 0;
    while at + 1 < bytes.len() {
        if bytes[at] == b'\\' && bytes[at + 1].is_ascii() {
            bytes[at..at + 2].fill(b'x');
            at += 1;
        } else if bytes[at] == b'#' {
            bytes[at] = b'-';
            if bytes[at + 1].is_ascii() {
                bytes[at + 1] = b'-';
            }
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Language::Sql;
    use super::super::tests::{accepts, refuses};

    #[test]
    fn every_dialect_is_read() {
        accepts(
            Sql,
            &[
                "SELECT 'it''s', \"a\", `b`, [c] FROM t; -- it's\n",
                "SELECT 'it\\'s' FROM t; # it's\n",
                "CREATE FUNCTION f() RETURNS int AS $$ SELECT 'x( $$ LANGUAGE sql;\n",
                "/* a /* b */ SELECT 1;\n",
                "SELECT ... FROM <table> WHERE id = {id} AND x = :x;\n",
                "id=5' AND SLEEP(5)--\n",
                "INSERT INTO t VALUES (1, ...\n",
                "-- BAD\nSELECT (1;\n",
            ],
        );
    }

    #[test]
    fn what_never_closes_is_found() {
        refuses(
            Sql,
            &[
                ("SELECT 'a FROM t;\nSELECT 1;\n", "'a FROM"),
                ("SELECT count(a FROM t;\n", "(a FROM"),
                ("SELECT a) FROM t;\n", ") FROM"),
                ("SELECT 1; /* a\n", "/* a"),
            ],
        );
    }
}
