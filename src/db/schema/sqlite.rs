//! What the pragmas of SQLite do not tell and the text of a table does: checks, and which columns are always generated.

use std::collections::BTreeMap;

use crate::document::sql::{Dialect, Script, TokenKind};

use super::allowed;

/// The texts that checks allow, by column; a column with several such checks may hold what all of them allow.
pub(super) fn allowed_texts(definition: &str) -> BTreeMap<String, Vec<String>> {
    let script = Script::read(definition, Dialect::Sqlite);
    let code: Vec<(TokenKind, &str)> = script
        .statements
        .iter()
        .flat_map(|statement| script.code_of(statement))
        .collect();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (at, (kind, word)) in code.iter().enumerate() {
        let opens = code.get(at + 1).is_some_and(|(kind, _)| *kind == TokenKind::Open);
        if *kind != TokenKind::Word || !word.eq_ignore_ascii_case("check") || !opens {
            continue;
        }
        let Some((column, values)) = allowed::of_code(inside(&code[at + 1..])) else {
            continue;
        };
        found
            .entry(column.to_lowercase())
            .and_modify(|known| known.retain(|value| values.contains(value)))
            .or_insert(values);
    }
    found
}

/// What stands between the first parenthesis and the one that closes it.
fn inside<'a, 'b>(code: &'b [(TokenKind, &'a str)]) -> &'b [(TokenKind, &'a str)] {
    let mut depth = 0_usize;
    for (at, (kind, _)) in code.iter().enumerate() {
        match kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return code.get(1..at).unwrap_or_default();
        }
    }
    &[]
}

/// `VARCHAR(20)` as `VARCHAR`, `unsigned  big int` as `UNSIGNED BIG INT`.
pub(super) fn bare_type(declared: &str) -> String {
    let bare = declared.split('(').next().unwrap_or_default();
    let words: Vec<String> = bare.split_whitespace().map(str::to_uppercase).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn checks_of_columns_and_tables_are_found() {
        let texts = allowed_texts(
            "CREATE TABLE t (a TEXT CHECK (a IN ('x', 'y')), [B c] TEXT, n INT CHECK (n > 0),\n\
             CHECK (\"B c\" in ('p')), CHECK (a IN ('y', 'z')), CHECK (a <> 'q' AND n > 1))",
        );
        assert_eq!(texts.get("a"), Some(&vec!["y".to_owned()]));
        assert_eq!(texts.get("b c"), Some(&vec!["p".to_owned()]));
        assert_eq!(texts.len(), 2);
        assert_eq!(bare_type(" varchar (20)"), "VARCHAR");
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "(CREATE TABLE t )?[a-z(),'\"\\[\\] -]{0,40}(check)?[a-z(),' ]{0,30}") {
            allowed_texts(&text);
        }
    }
}
