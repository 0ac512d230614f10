//! One value of a seed: from a file to the JSON in which rows travel to the database, by the type of its column.
//!
//! PostgreSQL converts text to its types itself, and names what it cannot convert. SQLite would keep anything in any column, so here
//! a value is held against the declared type first.

use crate::document::json;
use crate::document::tree::{Node, Style, Value};

/// A value as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Null,
    /// A string; of CSV any field.
    Text {
        text: String,
        is_csv: bool,
    },
    Number(String),
    Bool(bool),
    /// A list or map.
    Tree(Node),
}

/// What a column takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// PostgreSQL: `json`, `jsonb`.
    Json,
    /// PostgreSQL: an array.
    Array,
    /// PostgreSQL: anything else.
    Other,
    /// SQLite, by the declared type.
    Integer,
    Real,
    Boolean,
    Blob,
    Text,
    /// SQLite: a number where it looks like one.
    Numeric,
}

impl Kind {
    /// By the declared type of SQLite, in capital letters.
    pub fn of_sqlite(declared: &str) -> Self {
        let has = |word| declared.contains(word);
        if has("BOOL") {
            Self::Boolean
        } else if has("INT") {
            Self::Integer
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Self::Text
        } else if has("BLOB") {
            Self::Blob
        } else if has("REAL") || has("FLOA") || has("DOUB") {
            Self::Real
        } else {
            Self::Numeric
        }
    }
}

impl Cell {
    pub fn of_node(node: &Node) -> Self {
        match &node.value {
            Value::Scalar { text, .. } => match node.type_name() {
                "null" => Self::Null,
                "number" => Self::Number(text.clone()),
                "boolean" => Self::Bool(text.eq_ignore_ascii_case("true")),
                _ => Self::Text {
                    text: text.clone(),
                    is_csv: false,
                },
            },
            Value::List(_) | Value::Map(_) => Self::Tree(node.clone()),
            Value::Alias => Self::Null,
        }
    }

    /// For messages, at most eighty characters.
    pub fn shown(&self) -> String {
        let text = match self {
            Self::Null => "null".to_owned(),
            Self::Text { text, .. } | Self::Number(text) => text.clone(),
            Self::Bool(value) => value.to_string(),
            Self::Tree(node) => {
                let mut text = String::new();
                write_node(&mut text, node);
                text
            }
        };
        if text.chars().count() <= 80 {
            return text;
        }
        text.chars().take(79).chain(std::iter::once('…')).collect()
    }

    /// Appends the value as JSON, or says in a clause why it does not fit the column.
    pub fn write(&self, to: &mut String, kind: Kind) -> Result<(), String> {
        match (kind, self) {
            (_, Self::Null) => to.push_str("null"),
            (Kind::Json, Self::Text { text, is_csv: true }) => {
                json::read(text).map_err(|refusal| format!("is no JSON: {}", refusal.message))?;
                to.push_str(text);
            }
            (Kind::Array, Self::Text { text, is_csv: true }) if text.trim_start().starts_with('[') => {
                json::read(text).map_err(|refusal| format!("is no JSON array: {}", refusal.message))?;
                to.push_str(text);
            }
            (Kind::Json, Self::Number(text)) => write_number(to, text),
            (Kind::Json, Self::Bool(value)) => to.push_str(if *value { "true" } else { "false" }),
            (Kind::Json | Kind::Array, Self::Tree(node)) => write_node(to, node),
            (
                Kind::Json | Kind::Array | Kind::Other | Kind::Text,
                Self::Text { text, .. } | Self::Number(text),
            ) => {
                to.push_str(&json::quoted(text));
            }
            (Kind::Other | Kind::Array, Self::Bool(value)) => {
                to.push_str(if *value { "\"true\"" } else { "\"false\"" });
            }
            (Kind::Other, Self::Tree(node)) if node.as_map().is_some() => {
                return Err("is a map, which only a json column takes".to_owned());
            }
            (_, Self::Tree(node)) if !matches!(kind, Kind::Integer | Kind::Real | Kind::Boolean) => {
                let mut text = String::new();
                write_node(&mut text, node);
                to.push_str(&json::quoted(&text));
            }
            (_, Self::Tree(_)) => return Err("is a list or map, which the column does not take".to_owned()),
            (Kind::Integer, Self::Text { text, .. } | Self::Number(text)) => {
                let number: i64 = text
                    .trim()
                    .parse()
                    .map_err(|_| "is no whole number of 64 bits".to_owned())?;
                to.push_str(&number.to_string());
            }
            (Kind::Real, Self::Text { text, .. } | Self::Number(text)) => {
                let number: f64 = text.trim().parse().map_err(|_| "is no number".to_owned())?;
                if !number.is_finite() {
                    return Err("is no finite number".to_owned());
                }
                write_number(to, text.trim());
            }
            (Kind::Boolean, Self::Text { text, .. } | Self::Number(text)) => {
                let value = match text.trim().to_ascii_lowercase().as_str() {
                    "1" | "true" | "t" | "yes" | "y" | "on" => "1",
                    "0" | "false" | "f" | "no" | "n" | "off" => "0",
                    _ => return Err("is neither true nor false".to_owned()),
                };
                to.push_str(value);
            }
            (Kind::Blob, Self::Text { text, .. } | Self::Number(text)) => {
                if let Some(digits) = text.strip_prefix("\\x")
                    && (digits.len() % 2 == 1 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
                {
                    return Err(
                        "begins with `\\x` and does not go on with pairs of hexadecimal digits".to_owned(),
                    );
                }
                to.push_str(&json::quoted(text));
            }
            (Kind::Numeric, Self::Text { text, .. } | Self::Number(text)) => {
                if is_json_number(text) {
                    to.push_str(text);
                } else {
                    to.push_str(&json::quoted(text));
                }
            }
            (Kind::Text, Self::Bool(value)) => to.push_str(if *value { "\"true\"" } else { "\"false\"" }),
            (_, Self::Bool(value)) => to.push(if *value { '1' } else { '0' }),
        }
        Ok(())
    }
}

/// A number that JSON writes otherwise, such as `0x1F` or `.5`, goes as a number all the same.
fn write_number(to: &mut String, text: &str) {
    if is_json_number(text) {
        to.push_str(text);
    } else if let Some(number) = whole(text) {
        to.push_str(&number.to_string());
    } else {
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => to.push_str(&serde_json::json!(number).to_string()),
            _ => to.push_str(&json::quoted(text)),
        }
    }
}

fn whole(text: &str) -> Option<i64> {
    match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => i64::from_str_radix(digits, 16).ok(),
        (_, Some(digits)) => i64::from_str_radix(digits, 8).ok(),
        _ => text.parse().ok(),
    }
}

fn is_json_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let starts = digits.starts_with(|first: char| first.is_ascii_digit());
    let no_zeros = digits.len() == 1 || !digits.starts_with('0') || digits[1..].starts_with(['.', 'e', 'E']);
    starts && no_zeros && json::read(text).is_ok_and(|node| node.as_number().is_some())
}

fn write_node(to: &mut String, node: &Node) {
    match &node.value {
        Value::Scalar { text, style } => match (node.type_name(), style) {
            ("null", Style::Plain) => to.push_str("null"),
            ("boolean", Style::Plain) => to.push_str(&text.to_ascii_lowercase()),
            ("number", Style::Plain) => write_number(to, text),
            _ => to.push_str(&json::quoted(text)),
        },
        Value::List(items) => {
            to.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    to.push(',');
                }
                write_node(to, item);
            }
            to.push(']');
        }
        Value::Map(pairs) => {
            to.push('{');
            for (at, (key, value)) in pairs.iter().enumerate() {
                if at > 0 {
                    to.push(',');
                }
                let name = match &key.value {
                    Value::Scalar { text, .. } => text.as_str(),
                    _ => "",
                };
                to.push_str(&json::quoted(name));
                to.push(':');
                write_node(to, value);
            }
            to.push('}');
        }
        Value::Alias => to.push_str("null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::yaml;
    use proptest::prelude::*;

    const KINDS: [Kind; 9] = [
        Kind::Json,
        Kind::Array,
        Kind::Other,
        Kind::Integer,
        Kind::Real,
        Kind::Boolean,
        Kind::Blob,
        Kind::Text,
        Kind::Numeric,
    ];

    fn written(cell: &Cell, kind: Kind) -> Result<String, String> {
        let mut to = String::new();
        cell.write(&mut to, kind).map(|()| to)
    }

    fn csv(text: &str) -> Cell {
        Cell::Text {
            text: text.to_owned(),
            is_csv: true,
        }
    }

    #[test]
    fn values_go_by_the_type_of_the_column() {
        assert_eq!(written(&csv("{\"a\": 1}"), Kind::Json).unwrap(), "{\"a\": 1}");
        assert!(
            written(&csv("{a}"), Kind::Json)
                .unwrap_err()
                .starts_with("is no JSON")
        );
        assert_eq!(written(&csv("007"), Kind::Other).unwrap(), "\"007\"");
        assert_eq!(written(&csv("{a,b}"), Kind::Array).unwrap(), "\"{a,b}\"");
        assert_eq!(written(&csv("[1]"), Kind::Array).unwrap(), "[1]");
        assert_eq!(written(&csv("007"), Kind::Integer).unwrap(), "7");
        assert!(written(&csv("1.5"), Kind::Integer).is_err());
        assert_eq!(written(&csv("Yes"), Kind::Boolean).unwrap(), "1");
        assert_eq!(
            written(&csv("2026-01-01"), Kind::Numeric).unwrap(),
            "\"2026-01-01\""
        );
        assert!(written(&csv("\\xabc"), Kind::Blob).is_err());
        assert_eq!(written(&Cell::Bool(true), Kind::Other).unwrap(), "\"true\"");
        let node = yaml::read("a: [1, 0x1F, x, null, true]", 0).unwrap().unwrap();
        assert_eq!(
            written(&Cell::Tree(node), Kind::Json).unwrap(),
            "{\"a\":[1,31,\"x\",null,true]}"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_json(text in "[ -~é\u{4e00}\n]{0,20}", at in 0_usize..9, is_csv in any::<bool>()) {
            let cell = Cell::Text { text: text.clone(), is_csv };
            if let Ok(written) = written(&cell, KINDS[at]) {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&written).is_ok(), "{}", written);
            }
            if let Ok(Some(node)) = yaml::read(&text, 0) {
                for kind in KINDS {
                    if let Ok(written) = written(&Cell::of_node(&node), kind) {
                        prop_assert!(serde_json::from_str::<serde_json::Value>(&written).is_ok(), "{}", written);
                    }
                }
            }
        }
    }
}
