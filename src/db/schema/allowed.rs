//! `CHECK (status IN ('open', 'closed'))`: the texts that a column may hold, where a check says nothing else.

use crate::document::sql::{Dialect, Script, TokenKind};

type Token<'a> = (TokenKind, &'a str);

/// The column and its texts, of an expression such as `status in ('a', 'b')` or, as PostgreSQL writes it,
/// `CHECK (((status)::text = ANY (ARRAY['a'::text, 'b'::text])))`.
pub(super) fn of_text(check: &str, dialect: Dialect) -> Option<(String, Vec<String>)> {
    let script = Script::read(check, dialect);
    let [statement] = script.statements.as_slice() else {
        return None;
    };
    let code: Vec<Token<'_>> = script.code_of(statement).collect();
    of_code(&code)
}

pub(super) fn of_code(code: &[Token<'_>]) -> Option<(String, Vec<String>)> {
    let code = without_casts(code);
    // Parentheses and brackets group and nothing more: what is left reads `column in a , b` or `column = any array a , b`.
    let mut words = code.iter().filter(|(kind, text)| {
        !matches!(kind, TokenKind::Open | TokenKind::Close) && !matches!(*text, "[" | "]")
    });
    let mut first = words.next()?;
    if is(first, "check") {
        first = words.next()?;
    }
    let column = name(first)?;
    let mut next = words.next()?;
    if is(next, "in") {
        next = words.next()?;
    } else if next.1 == "=" {
        let any = words.next()?;
        if is(any, "any") {
            if !is(words.next()?, "array") {
                return None;
            }
            next = words.next()?;
        } else {
            next = any;
        }
    } else {
        return None;
    }
    let mut values = vec![string(next)?];
    while let Some(comma) = words.next() {
        if comma.1 != "," {
            return None;
        }
        values.push(string(words.next()?)?);
    }
    Some((column, values))
}

fn is((kind, text): &Token<'_>, word: &str) -> bool {
    *kind == TokenKind::Word && text.eq_ignore_ascii_case(word)
}

/// Without `::text`, `::character varying(20)`, `::text[]`.
fn without_casts<'a>(code: &[Token<'a>]) -> Vec<Token<'a>> {
    let mut kept = Vec::new();
    let mut rest = code.iter().peekable();
    while let Some(&(kind, text)) = rest.next() {
        // A lexer may see the two colons as one token or as two.
        let is_cast = text == "::" || text == ":" && rest.next_if(|(_, next)| *next == ":").is_some();
        if !is_cast {
            kept.push((kind, text));
            continue;
        }
        while rest
            .next_if(|(kind, text)| *kind == TokenKind::Word || text.starts_with('"') || *text == ".")
            .is_some()
        {}
        while rest.next_if(|(_, text)| *text == "[").is_some() {
            rest.next_if(|(_, text)| *text == "]");
        }
    }
    kept
}

fn string((kind, text): &Token<'_>) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    (*kind == TokenKind::Quoted).then(|| inner.replace("''", "'"))
}

fn name((kind, text): &Token<'_>) -> Option<String> {
    match kind {
        TokenKind::Word => Some((*text).to_owned()),
        TokenKind::Quoted => unquoted(text),
        _ => None,
    }
}

/// The name inside of `"x"`, `` `x` `` or `[x]`.
pub(super) fn unquoted(text: &str) -> Option<String> {
    let inside = |open: char, close: char| text.strip_prefix(open)?.strip_suffix(close);
    if let Some(inner) = inside('"', '"') {
        return Some(inner.replace("\"\"", "\""));
    }
    if let Some(inner) = inside('`', '`') {
        return Some(inner.replace("``", "`"));
    }
    inside('[', ']').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_of_texts_are_read_and_nothing_else() {
        let read = |text: &str| of_text(text, Dialect::Postgres);
        let both = Some(("status".to_owned(), vec!["a".to_owned(), "it's".to_owned()]));
        for text in [
            "status IN ('a', 'it''s')",
            "CHECK ((status = ANY (ARRAY['a'::text, 'it''s'::text])))",
            "CHECK (((status)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[])))",
        ] {
            assert_eq!(read(text), both, "{text}");
        }
        assert_eq!(read("CHECK (status = 'a'::text)").unwrap().1, ["a"]);
        for text in [
            "status IN ('a') OR n > 3",
            "status NOT IN ('a')",
            "n IN (1, 2)",
            "lower(status) IN ('a')",
            "status <> 'a'",
            "",
            "CHECK (((status)::text ~ 'a'::text))",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "[a-z(),'\":=\\[\\] ]{0,40}") {
            of_text(&text, Dialect::Sqlite);
            of_text(&text, Dialect::Postgres);
        }
    }
}
