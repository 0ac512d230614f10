//! Rust: a struct for each table and view, an enum for each enum and each list of texts.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::super::schema::{Column, Definition, Name, NamedType, Relation, SQLITE_SCHEMA, Schema};
use super::shape::{self, Kind, Scalar, Shape};
use super::words::{Case, Scope, comment_lines};
use super::{Dates, Options};
use crate::store::Engine;

/// Names that the code uses without a path, and `Self`, which no type may have.
const TYPE_WORDS: &[&str] = &["Option", "Self", "String", "Vec"];
/// Keywords that cannot be raw identifiers.
const FIELD_WORDS: &[&str] = &["self", "super", "crate"];
/// Strict and reserved keywords of every edition up to 2024.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

struct Writer<'a> {
    schema: &'a Schema,
    options: &'a Options,
    types: Scope,
    /// Enums and composites by their name in the database.
    named: HashMap<&'a Name, String>,
    text: String,
}

pub fn write(schema: &Schema, options: &Options) -> String {
    let mut writer = Writer {
        schema,
        options,
        types: Scope::new(Case::Pascal, TYPE_WORDS),
        named: HashMap::new(),
        text: format!(
            "// Made by `packwright db types {}` from the live schema. Do not edit: run it again.\n// Crates: {}.\n",
            comment_lines(&options.command_line).join(" "),
            crates(options)
        ),
    };
    let types: Vec<&NamedType> = schema.types.iter().filter(|one| !one.is_of_extension).collect();
    for one in &types {
        if !matches!(one.definition, Definition::Domain { .. }) {
            let name = writer.type_name(&one.name);
            writer.named.insert(&one.name, name);
        }
    }
    // Tables have the first choice of what is left, in their own order, before the enums that are made up for columns.
    let relations: Vec<(&Relation, String)> = schema
        .relations
        .iter()
        .map(|relation| (relation, writer.type_name(&relation.name)))
        .collect();
    for one in types {
        writer.named_type(one);
    }
    for (relation, name) in relations {
        writer.relation(relation, &name);
    }
    writer.text
}

fn crates(options: &Options) -> String {
    let mut crates = vec!["serde (derive)", "serde_json"];
    match options.dates {
        Dates::Chrono => crates.push("chrono (serde)"),
        Dates::Jiff => crates.push("jiff (serde)"),
        Dates::Text => {}
    }
    if !options.plain {
        crates.extend(["uuid (serde)", "rust_decimal"]);
    }
    if options.sqlx {
        crates.push("sqlx (with the features of the same names)");
    }
    crates.join(", ")
}

impl Writer<'_> {
    /// The name of a type: that of the database, with its schema before it unless it is the usual one.
    fn type_name(&mut self, name: &Name) -> String {
        let is_usual = matches!(name.schema.as_str(), "public" | SQLITE_SCHEMA);
        let raw = if is_usual {
            name.name.clone()
        } else {
            format!("{} {}", name.schema, name.name)
        };
        self.types.name(&raw)
    }

    fn named_type(&mut self, one: &NamedType) {
        let Some(name) = self.named.get(&one.name).cloned() else {
            return;
        };
        match &one.definition {
            Definition::Enum(labels) => {
                self.docs("", one.comment.as_deref(), &format!("Enum `{}`.", one.name));
                self.enumeration(&name, labels, &sql_name(&one.name));
            }
            Definition::Composite(columns) => {
                self.docs("", one.comment.as_deref(), &format!("Type `{}`.", one.name));
                self.derives("PartialEq", "sqlx::Type");
                if self.options.sqlx {
                    let _ = writeln!(self.text, "#[sqlx(type_name = {:?})]", sql_name(&one.name));
                }
                let fields: Vec<(&Column, String)> = columns
                    .iter()
                    .map(|column| {
                        let shape = shape::of(self.schema, &column.type_name);
                        (column, format!("Option<{}>", self.type_of(&shape)))
                    })
                    .collect();
                self.structure(&name, &fields);
            }
            Definition::Domain { .. } => {}
        }
    }

    fn enumeration(&mut self, name: &str, labels: &[String], sql_name: &str) {
        self.derives("Copy, PartialEq, Eq, Hash", "sqlx::Type");
        if self.options.sqlx {
            let _ = writeln!(self.text, "#[sqlx(type_name = {sql_name:?})]");
        }
        let _ = writeln!(self.text, "pub enum {name} {{");
        let mut variants = Scope::new(Case::Pascal, &["Self"]);
        for label in labels {
            let variant = variants.name(label);
            if variant != *label {
                self.rename("    ", label);
            }
            let _ = writeln!(self.text, "    {variant},");
        }
        self.text.push_str("}\n");
    }

    fn relation(&mut self, relation: &Relation, name: &str) {
        let mut enums = Vec::new();
        let mut fields = Vec::new();
        for column in &relation.columns {
            let (shape, is_nullable) = shape::of_column(self.schema, relation, column);
            let written = match shape::texts(&shape, column) {
                Some(texts) => {
                    let own = self.types.name(&format!("{name} {}", column.name));
                    enums.push((own.clone(), texts, &column.name));
                    own
                }
                None => self.type_of(&shape),
            };
            let written = if is_nullable {
                format!("Option<{written}>")
            } else {
                written
            };
            fields.push((column, written));
        }
        for (own, texts, column) in enums {
            self.docs("", None, &format!("What `{}.{column}` may hold.", relation.name));
            let sql_name = match self.schema.engine {
                Engine::Postgres => "text",
                Engine::Sqlite => "TEXT",
            };
            self.enumeration(&own, texts, sql_name);
        }
        let kind = if relation.is_view() { "View" } else { "Table" };
        self.docs(
            "",
            relation.comment.as_deref(),
            &format!("{kind} `{}`.", relation.name),
        );
        self.derives("PartialEq", "sqlx::FromRow");
        self.structure(name, &fields);
    }

    fn structure(&mut self, name: &str, fields: &[(&Column, String)]) {
        let _ = writeln!(self.text, "pub struct {name} {{");
        let mut names = Scope::new(Case::Snake, FIELD_WORDS);
        for (column, written) in fields {
            let field = names.name(&column.name);
            let advice = if self.options.sqlx {
                self.advice(column)
            } else {
                String::new()
            };
            self.docs("    ", column.comment.as_deref(), &advice);
            if field != column.name {
                self.rename("    ", &column.name);
            }
            let raw = if KEYWORDS.contains(&field.as_str()) {
                "r#"
            } else {
                ""
            };
            let _ = writeln!(self.text, "    pub {raw}{field}: {written},");
        }
        self.text.push_str("}\n");
    }

    /// How to select what the driver has no type for.
    fn advice(&self, column: &Column) -> String {
        let shape = shape::of(self.schema, &column.type_name);
        let cast = match shape.kind {
            Kind::Scalar(Scalar::Printed | Scalar::Interval) => "text",
            Kind::Scalar(Scalar::Decimal | Scalar::Uuid) if self.options.plain => "text",
            Kind::Scalar(Scalar::Date | Scalar::Time | Scalar::Timestamp | Scalar::TimestampTz)
                if self.options.dates == Dates::Text =>
            {
                "text"
            }
            Kind::Scalar(Scalar::Vector | Scalar::HalfVector) => "real[]",
            Kind::Row(_) => "jsonb",
            _ => return String::new(),
        };
        let many = if shape.is_array { "[]" } else { "" };
        format!("`{}`: select it cast to `{cast}{many}`.", column.written)
    }

    fn type_of(&self, shape: &Shape<'_>) -> String {
        let one = match shape.kind {
            Kind::Enum(one) | Kind::Composite(one) => match self.named.get(&one.name) {
                Some(name) => name.clone(),
                None => "String".to_owned(),
            },
            Kind::Row(_) => "serde_json::Value".to_owned(),
            Kind::Scalar(scalar) => self.of_scalar(scalar).to_owned(),
        };
        if shape.is_array {
            format!("Vec<{one}>")
        } else {
            one
        }
    }

    fn of_scalar(&self, scalar: Scalar) -> &'static str {
        let by_dates = |chrono, jiff| match self.options.dates {
            Dates::Chrono => chrono,
            Dates::Jiff => jiff,
            Dates::Text => "String",
        };
        let unless_plain = |name| if self.options.plain { "String" } else { name };
        match scalar {
            Scalar::Bool => "bool",
            Scalar::Int16 => "i16",
            Scalar::Int32 => "i32",
            Scalar::Int64 => "i64",
            Scalar::Float32 => "f32",
            Scalar::Float64 | Scalar::Number => "f64",
            Scalar::Decimal => unless_plain("rust_decimal::Decimal"),
            Scalar::Uuid => unless_plain("uuid::Uuid"),
            Scalar::Text | Scalar::Printed | Scalar::Interval => "String",
            Scalar::Bytes => "Vec<u8>",
            Scalar::Json | Scalar::Any | Scalar::Record => "serde_json::Value",
            Scalar::Date => by_dates("chrono::NaiveDate", "jiff::civil::Date"),
            Scalar::Time => by_dates("chrono::NaiveTime", "jiff::civil::Time"),
            Scalar::Timestamp => by_dates("chrono::NaiveDateTime", "jiff::civil::DateTime"),
            Scalar::TimestampTz => by_dates("chrono::DateTime<chrono::Utc>", "jiff::Timestamp"),
            Scalar::Vector | Scalar::HalfVector => "Vec<f32>",
            Scalar::Void => "()",
        }
    }

    /// `also` is a trait of the standard library, `with_sqlx` what is derived beside it on request.
    fn derives(&mut self, also: &str, with_sqlx: &str) {
        let more = if self.options.sqlx {
            format!(", {with_sqlx}")
        } else {
            String::new()
        };
        let _ = writeln!(
            self.text,
            "#[derive(Debug, Clone, {also}, serde::Serialize, serde::Deserialize{more})]"
        );
    }

    fn rename(&mut self, indent: &str, to: &str) {
        let literal = literal(to);
        let _ = writeln!(self.text, "{indent}#[serde(rename = {literal})]");
        if self.options.sqlx {
            let _ = writeln!(self.text, "{indent}#[sqlx(rename = {literal})]");
        }
    }

    /// An empty line before what stands at the margin, the comment, then `last`.
    fn docs(&mut self, indent: &str, comment: Option<&str>, last: &str) {
        if indent.is_empty() {
            self.text.push('\n');
        }
        let comment = comment.map(comment_lines).unwrap_or_default();
        for line in comment
            .iter()
            .map(String::as_str)
            .chain(comment_lines(last).iter().map(String::as_str))
        {
            let _ = writeln!(self.text, "{indent}/// {line}");
        }
    }
}

/// A string literal in which nothing hides.
fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for letter in text.chars() {
        if crate::text::printable(letter.encode_utf8(&mut [0; 4])) == letter.to_string()
            && !matches!(letter, '"' | '\\' | '\n' | '\t')
        {
            literal.push(letter);
        } else {
            literal.extend(letter.escape_default());
        }
    }
    literal.push('"');
    literal
}

/// The name as SQL looks it up: quoted where it must be, with its schema unless it is found without.
fn sql_name(name: &Name) -> String {
    let part = |text: &str| {
        let is_plain = text.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            && text
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
        if is_plain {
            text.to_owned()
        } else {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
    };
    if name.schema == "public" {
        part(&name.name)
    } else {
        format!("{}.{}", part(&name.schema), part(&name.name))
    }
}
