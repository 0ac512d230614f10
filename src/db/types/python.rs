//! Python 3.10 or newer: a class for each table and view, an `Enum` for each enum, `Literal` for lists of texts.
//!
//! Modules are imported under names that begin with `_`, which no class or field has, so that a column called `datetime` or a table
//! called `Any` is nothing special.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::super::schema::{Column, Definition, Name, NamedType, Relation, SQLITE_SCHEMA, Schema};
use super::shape::{self, Kind, Scalar, Shape};
use super::words::{Case, Scope, comment_lines};
use super::{Classes, Options};
use crate::store::Engine;

const TYPE_WORDS: &[&str] = &["False", "None", "True"];
/// Keywords, the types that annotations name, and what every class has already.
const FIELD_WORDS: &[&str] = &[
    "and",
    "as",
    "assert",
    "async",
    "await",
    "bool",
    "break",
    "bytes",
    "class",
    "continue",
    "def",
    "del",
    "dict",
    "elif",
    "else",
    "except",
    "finally",
    "float",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "int",
    "is",
    "lambda",
    "list",
    "match",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "str",
    "try",
    "type",
    "while",
    "with",
    "yield",
    "copy",
    "construct",
    "from_orm",
    "json",
    "model_computed_fields",
    "model_config",
    "model_construct",
    "model_copy",
    "model_dump",
    "model_dump_json",
    "model_extra",
    "model_fields",
    "model_fields_set",
    "model_json_schema",
    "model_parametrized_name",
    "model_post_init",
    "model_rebuild",
    "model_validate",
    "model_validate_json",
    "model_validate_strings",
    "parse_file",
    "parse_obj",
    "parse_raw",
    "schema",
    "schema_json",
    "update_forward_refs",
    "validate",
];

struct Writer<'a> {
    schema: &'a Schema,
    options: &'a Options,
    types: Scope,
    named: HashMap<&'a Name, String>,
    text: String,
}

pub fn write(schema: &Schema, options: &Options) -> String {
    let classes = match options.classes {
        Classes::Dataclass => "import dataclasses as _dataclasses\n",
        Classes::Pydantic => "",
    };
    let pydantic = match options.classes {
        Classes::Dataclass => "",
        Classes::Pydantic => "\nimport pydantic as _pydantic\n",
    };
    let mut writer = Writer {
        schema,
        options,
        types: Scope::new(Case::Pascal, TYPE_WORDS),
        named: HashMap::new(),
        text: format!(
            "# Made by `packwright db types {}` from the live schema. Do not edit: run it again.\n\
             from __future__ import annotations\n\n\
             {classes}import datetime as _datetime\nimport decimal as _decimal\nimport enum as _enum\nimport typing as _typing\nimport uuid as _uuid\n{pydantic}",
            comment_lines(&options.command_line).join(" ")
        ),
    };
    let types: Vec<&NamedType> = schema
        .types
        .iter()
        .filter(|one| !one.is_of_extension && !matches!(one.definition, Definition::Domain { .. }))
        .collect();
    for one in &types {
        let name = writer.type_name(&one.name);
        writer.named.insert(&one.name, name);
    }
    for one in types {
        writer.named_type(one);
    }
    for relation in &schema.relations {
        writer.relation(relation);
    }
    writer.text
}

impl Writer<'_> {
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
                let _ = writeln!(self.text, "\n\nclass {name}(str, _enum.Enum):");
                self.about("Enum", &one.name, one.comment.as_deref());
                let mut members = Scope::new(Case::Upper, &[]);
                for label in labels {
                    let member = members.name(label);
                    let _ = writeln!(self.text, "    {member} = {}", quoted(label));
                }
                if labels.is_empty() {
                    self.text.push_str("    pass\n");
                }
            }
            Definition::Composite(columns) => {
                self.head(&name, "Type", &one.name, one.comment.as_deref());
                let fields: Vec<(&Column, String)> = columns
                    .iter()
                    .map(|column| {
                        let shape = shape::of(self.schema, &column.type_name);
                        (column, optional(&self.type_of(&shape)))
                    })
                    .collect();
                self.fields(&fields);
            }
            Definition::Domain { .. } => {}
        }
    }

    fn relation(&mut self, relation: &Relation) {
        let name = self.type_name(&relation.name);
        let kind = if relation.is_view() { "View" } else { "Table" };
        self.head(&name, kind, &relation.name, relation.comment.as_deref());
        let fields: Vec<(&Column, String)> = relation
            .columns
            .iter()
            .map(|column| {
                let (shape, is_nullable) = shape::of_column(self.schema, relation, column);
                let written = match shape::texts(&shape, column) {
                    Some(texts) => {
                        let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                        format!("_typing.Literal[{}]", texts.join(", "))
                    }
                    None => self.type_of(&shape),
                };
                (column, if is_nullable { optional(&written) } else { written })
            })
            .collect();
        self.fields(&fields);
    }

    fn head(&mut self, name: &str, kind: &str, raw: &Name, comment: Option<&str>) {
        let _ = match self.options.classes {
            Classes::Dataclass => writeln!(
                self.text,
                "\n\n@_dataclasses.dataclass(kw_only=True, slots=True)\nclass {name}:"
            ),
            Classes::Pydantic => writeln!(self.text, "\n\nclass {name}(_pydantic.BaseModel):"),
        };
        self.about(kind, raw, comment);
        if self.options.classes == Classes::Pydantic {
            self.text.push_str(
                "    model_config = _pydantic.ConfigDict(populate_by_name=True, protected_namespaces=())\n\n",
            );
        }
    }

    fn about(&mut self, kind: &str, raw: &Name, comment: Option<&str>) {
        let mut lines = comment_lines(&format!("{kind} {raw}."));
        lines.extend(comment.map(comment_lines).unwrap_or_default());
        for line in lines {
            let _ = writeln!(self.text, "    # {line}");
        }
    }

    fn fields(&mut self, fields: &[(&Column, String)]) {
        if fields.is_empty() {
            self.text.push_str("    pass\n");
        }
        let mut names = Scope::new(Case::Snake, FIELD_WORDS);
        for (column, written) in fields {
            for line in column.comment.as_deref().map(comment_lines).unwrap_or_default() {
                let _ = writeln!(self.text, "    # {line}");
            }
            let name = names.name(&column.name);
            let _ = write!(self.text, "    {name}: {written}");
            if name != column.name {
                let raw = quoted(&column.name);
                let _ = match self.options.classes {
                    Classes::Dataclass => {
                        write!(self.text, " = _dataclasses.field(metadata={{\"column\": {raw}}})")
                    }
                    Classes::Pydantic => write!(self.text, " = _pydantic.Field(alias={raw})"),
                };
            }
            self.text.push('\n');
        }
    }

    fn type_of(&self, shape: &Shape<'_>) -> String {
        let one = match shape.kind {
            Kind::Enum(one) | Kind::Composite(one) => match self.named.get(&one.name) {
                Some(name) => name.as_str(),
                None => "str",
            },
            Kind::Row(_) => "_typing.Any",
            Kind::Scalar(scalar) => self.of_scalar(scalar),
        };
        if shape.is_array {
            format!("list[{one}]")
        } else {
            one.to_owned()
        }
    }

    fn of_scalar(&self, scalar: Scalar) -> &'static str {
        // The driver of SQLite gives 0 and 1; pydantic makes truth values of them.
        let is_bare = self.schema.engine == Engine::Sqlite && self.options.classes == Classes::Dataclass;
        match scalar {
            Scalar::Bool if !is_bare => "bool",
            Scalar::Bool | Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => "int",
            Scalar::Float32 | Scalar::Float64 | Scalar::Number => "float",
            Scalar::Decimal => "_decimal.Decimal",
            Scalar::Uuid => "_uuid.UUID",
            Scalar::Text | Scalar::Printed => "str",
            Scalar::Bytes => "bytes",
            Scalar::Json | Scalar::Any | Scalar::Record => "_typing.Any",
            Scalar::Date => "_datetime.date",
            Scalar::Time => "_datetime.time",
            Scalar::Timestamp | Scalar::TimestampTz => "_datetime.datetime",
            Scalar::Interval => "_datetime.timedelta",
            Scalar::Vector | Scalar::HalfVector => "list[float]",
            Scalar::Void => "None",
        }
    }
}

fn optional(written: &str) -> String {
    format!("{written} | None")
}

/// A string literal in which nothing hides.
fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for letter in text.chars() {
        let is_plain = crate::text::printable(letter.encode_utf8(&mut [0; 4])) == letter.to_string();
        match letter {
            '"' | '\\' => literal.extend(['\\', letter]),
            '\n' => literal.push_str("\\n"),
            '\t' => literal.push_str("\\t"),
            letter if is_plain => literal.push(letter),
            letter => {
                let _ = write!(literal, "\\U{:08x}", u32::from(letter));
            }
        }
    }
    literal.push('"');
    literal
}
