//! Names and strings as SQL writes them, so that whatever they hold is read back as one name or one string and nothing else.
//!
//! A name in small letters that is no keyword stands as it is; any other is put in double quotes, which both engines take.

/// Longest name that PostgreSQL keeps, in bytes (`NAMEDATALEN - 1`).
pub const MAX_BYTES: usize = 63;

/// What neither a table nor a column may be called without quotes, in PostgreSQL 18 or SQLite 3.51, ordered.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "abort", "action", "add", "after", "all", "alter", "always", "analyse", "analyze", "and", "any", "array", "as",
    "asc", "asymmetric", "attach", "authorization", "autoincrement", "before", "begin", "between", "bigint", "binary",
    "bit", "boolean", "both", "by", "cascade", "case", "cast", "char", "character", "check", "coalesce", "collate",
    "collation", "column", "commit", "concurrently", "conflict", "constraint", "create", "cross", "current",
    "current_catalog", "current_date", "current_role", "current_schema", "current_time", "current_timestamp",
    "current_user", "database", "dec", "decimal", "default", "deferrable", "deferred", "delete", "desc", "detach",
    "distinct", "do", "drop", "each", "else", "end", "escape", "except", "exclude", "exclusive", "exists", "explain",
    "extract", "fail", "false", "fetch", "filter", "first", "float", "following", "for", "foreign", "freeze", "from",
    "full", "generated", "glob", "grant", "greatest", "group", "grouping", "groups", "having", "if", "ignore",
    "ilike", "immediate", "in", "index", "indexed", "initially", "inner", "inout", "insert", "instead", "int",
    "integer", "intersect", "interval", "into", "is", "isnull", "join", "json", "json_array", "json_arrayagg",
    "json_exists", "json_object", "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table",
    "json_value", "key", "last", "lateral", "leading", "least", "left", "like", "limit", "localtime",
    "localtimestamp", "match", "materialized", "merge_action", "national", "natural", "nchar", "no", "none",
    "normalize", "not", "nothing", "notnull", "null", "nullif", "nulls", "numeric", "of", "offset", "on", "only",
    "or", "order", "others", "out", "outer", "over", "overlaps", "overlay", "partition", "placing", "plan",
    "position", "pragma", "preceding", "precision", "primary", "query", "raise", "range", "real", "recursive",
    "references", "regexp", "reindex", "release", "rename", "replace", "restrict", "returning", "right", "rollback",
    "row", "rows", "savepoint", "select", "session_user", "set", "setof", "similar", "smallint", "some", "substring",
    "symmetric", "system_user", "table", "tablesample", "temp", "temporary", "then", "ties", "time", "timestamp",
    "to", "trailing", "transaction", "treat", "trigger", "trim", "true", "unbounded", "union", "unique", "update",
    "user", "using", "vacuum", "values", "varchar", "variadic", "verbose", "view", "virtual", "when", "where",
    "window", "with", "without", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest",
    "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
];

/// A name, in double quotes where it needs them.
pub fn name(text: &str) -> String {
    let plain = text.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && KEYWORDS.binary_search(&text).is_err();
    if plain {
        return text.to_owned();
    }
    always_quoted(text)
}

/// A name in double quotes, whatever it is.
pub fn always_quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A name made of another: `prefix`, as much of `text` as fits, `suffix`. What is cut off leaves a trace in eight digits, so that
/// two long names do not become one.
pub fn around(prefix: &str, text: &str, suffix: &str) -> String {
    let whole = format!("{prefix}{text}{suffix}");
    if whole.len() <= MAX_BYTES {
        return whole;
    }
    // FNV-1a, 32 bits
    let trace = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let room = MAX_BYTES.saturating_sub(prefix.len() + suffix.len() + 9);
    let kept = &text[..text.floor_char_boundary(room)];
    format!("{prefix}{kept}_{trace:08x}{suffix}")
}

/// A string literal. A backslash in it is one only while `standard_conforming_strings` is on, as it is by default.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A word of a script as a name: without its quotes, or in small letters where it had none.
pub fn unquoted(word: &str) -> String {
    let inner = |open: char, close: char| word.strip_prefix(open)?.strip_suffix(close);
    if let Some(inner) = inner('"', '"') {
        return inner.replace("\"\"", "\"");
    }
    match inner('`', '`').or_else(|| inner('[', ']')) {
        Some(inner) => inner.to_owned(),
        None => word.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::sql::{Dialect, Script, TokenKind};
    use proptest::prelude::*;

    #[test]
    fn keywords_are_ordered() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn what_needs_quotes_gets_them() {
        for (text, written) in [
            ("users", "users"),
            ("_a1", "_a1"),
            ("order", "\"order\""),
            ("Users", "\"Users\""),
            ("1st", "\"1st\""),
            ("a b", "\"a b\""),
            ("a\"b", "\"a\"\"b\""),
            ("", "\"\""),
            ("größe", "\"größe\""),
        ] {
            assert_eq!(name(text), written);
            assert_eq!(unquoted(written), text);
        }
        assert_eq!(literal("it's"), "'it''s'");
    }

    #[test]
    fn names_made_of_long_names_fit_and_stay_apart() {
        let (a, b) = ("a".repeat(62) + "b", "a".repeat(62) + "c");
        let (one, two) = (around("", &a, "_idx"), around("", &b, "_idx"));
        assert!(one.len() <= MAX_BYTES && one.ends_with("_idx") && one != two);
        assert_eq!(around("search_", "chunks", "_rrf"), "search_chunks_rrf");
    }

    proptest! {
        #[test]
        fn a_name_is_one_token_that_reads_back(text in "[ -~é\u{4e00}]{0,40}", dialect in prop_oneof![Just(Dialect::Sqlite), Just(Dialect::Postgres)]) {
            for written in [name(&text), always_quoted(&text)] {
                let script = Script::read(&written, dialect);
                prop_assert_eq!(script.tokens().len(), 1, "{}", written);
                prop_assert!(script.unclosed.is_none());
                prop_assert_eq!(unquoted(&written), text.clone());
            }
        }

        #[test]
        fn a_literal_is_one_token(text in "[ -~é\u{4e00}]{0,40}") {
            let written = literal(&text);
            let script = Script::read(&written, Dialect::Postgres);
            prop_assert_eq!(script.tokens().len(), 1, "{}", written);
            prop_assert_eq!(script.tokens()[0].kind, TokenKind::Quoted);
        }

        #[test]
        fn a_name_around_another_always_fits(text in "[a-zé]{0,80}", suffix in "[a-z_]{0,20}") {
            prop_assert!(around("x_", &text, &suffix).len() <= MAX_BYTES);
        }
    }
}
