//! TypeScript, in the shape that `supabase gen types` gives and `@supabase/supabase-js` takes:
//! `Database["public"]["Tables"]["users"]["Row"]`. PostgreSQL's values are typed as they come in JSON, those of SQLite as drivers
//! give them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::schema::{
    Argument, Column, Definition, Fill, Name, NamedType, Relation, Routine, SQLITE_SCHEMA, Schema,
};
use super::shape::{self, Kind, Scalar, Shape};
use super::words::comment_lines;
use super::{Options, words};
use crate::store::Engine;

const TAIL: &str = include_str!("tail.d.ts");
const NONE: &str = "{\n      [_ in never]: never\n    }";

/// Which of the three types of a table a column stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Row,
    Insert,
    Update,
}

pub fn write(schema: &Schema, options: &Options) -> String {
    let mut text = format!(
        "// Made by `packwright db types {}` from the live schema. Do not edit: run it again.\n\n",
        words::comment_lines(&options.command_line).join(" ")
    );
    text.push_str(
        "export type Json =\n  | string\n  | number\n  | boolean\n  | null\n  | { [key: string]: Json | undefined }\n  | Json[]\n\n",
    );
    text.push_str("export type Database = {\n");
    let schemas = schemas(schema);
    for name in &schemas {
        write_schema(&mut text, schema, name);
    }
    text.push_str("}\n\n");
    let default = match schema.engine {
        Engine::Postgres => "public",
        Engine::Sqlite => SQLITE_SCHEMA,
    };
    let default = schemas
        .iter()
        .find(|name| **name == default)
        .or(schemas.first())
        .map_or(default, |name| *name);
    text.push_str(&TAIL.replace("\"the_schema\"", &quoted(default)));
    write_constants(&mut text, schema, &schemas);
    text
}

fn schemas(schema: &Schema) -> Vec<&str> {
    let relations = schema.relations.iter().map(|one| one.name.schema.as_str());
    let types = schema.types.iter().filter(|one| !one.is_of_extension);
    let routines = schema.routines.iter().map(|one| one.name.schema.as_str());
    let all: BTreeSet<&str> = relations
        .chain(types.map(|one| one.name.schema.as_str()))
        .chain(routines)
        .collect();
    if all.is_empty() {
        return vec![match schema.engine {
            Engine::Postgres => "public",
            Engine::Sqlite => SQLITE_SCHEMA,
        }];
    }
    all.into_iter().collect()
}

fn write_schema(text: &mut String, schema: &Schema, name: &str) {
    let own = || schema.relations.iter().filter(|one| one.name.schema == name);
    let _ = writeln!(text, "  {}: {{", key(name));
    section(
        text,
        "Tables",
        own().filter(|one| !one.is_view()),
        |text, table| {
            write_relation(text, schema, table);
        },
    );
    section(text, "Views", own().filter(|one| one.is_view()), |text, view| {
        write_relation(text, schema, view);
    });
    let mut routines: Vec<Vec<&Routine>> = Vec::new();
    for routine in schema.routines.iter().filter(|one| one.name.schema == name) {
        match routines.last_mut() {
            Some(alike) if alike[0].name == routine.name => alike.push(routine),
            _ => routines.push(vec![routine]),
        }
    }
    section(text, "Functions", routines.iter(), |text, alike| {
        write_routines(text, schema, alike);
    });
    let types = || {
        let own = schema.types.iter().filter(|one| one.name.schema == name);
        own.filter(|one| !one.is_of_extension)
    };
    let enums = types().filter_map(|one| Some((one, labels(one)?)));
    section(text, "Enums", enums, |text, (one, labels)| {
        write_comment(text, one.comment.as_deref(), 6);
        let _ = writeln!(text, "      {}: {}", key(&one.name.name), union(labels));
    });
    let composites = types().filter_map(|one| match &one.definition {
        Definition::Composite(columns) => Some((one, columns)),
        _ => None,
    });
    section(text, "CompositeTypes", composites, |text, (one, columns)| {
        write_comment(text, one.comment.as_deref(), 6);
        let _ = writeln!(text, "      {}: {{", key(&one.name.name));
        for column in columns {
            let written = type_of(schema, &shape::of(schema, &column.type_name));
            let _ = writeln!(text, "        {}: {written} | null", key(&column.name));
        }
        text.push_str("      }\n");
    });
    text.push_str("  }\n");
}

fn section<T>(
    text: &mut String,
    title: &str,
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        let _ = writeln!(text, "    {title}: {NONE}");
        return;
    }
    let _ = writeln!(text, "    {title}: {{");
    items.for_each(|item| write(text, item));
    text.push_str("    }\n");
}

fn write_relation(text: &mut String, schema: &Schema, relation: &Relation) {
    write_comment(text, relation.comment.as_deref(), 6);
    let _ = writeln!(text, "      {}: {{", key(&relation.name.name));
    for (title, wanted) in [
        ("Row", Use::Row),
        ("Insert", Use::Insert),
        ("Update", Use::Update),
    ] {
        if wanted != Use::Row && relation.is_view() && !relation.is_updatable {
            continue;
        }
        if relation.columns.is_empty() {
            let _ = writeln!(
                text,
                "        {title}: {{\n          [_ in never]: never\n        }}"
            );
            continue;
        }
        let _ = writeln!(text, "        {title}: {{");
        for column in &relation.columns {
            write_comment(text, column.comment.as_deref().filter(|_| wanted == Use::Row), 10);
            write_column(text, schema, relation, column, wanted);
        }
        text.push_str("        }\n");
    }
    write_relationships(text, schema, relation);
    text.push_str("      }\n");
}

fn write_column(text: &mut String, schema: &Schema, relation: &Relation, column: &Column, wanted: Use) {
    let (shape, is_nullable) = shape::of_column(schema, relation, column);
    let may_miss = match wanted {
        Use::Row => false,
        Use::Insert => is_nullable || column.is_optional(),
        Use::Update => true,
    };
    let mark = if may_miss { "?" } else { "" };
    let name = key(&column.name);
    if wanted != Use::Row && column.is_given() {
        let _ = writeln!(text, "          {name}?: never");
        return;
    }
    let mut written = match shape::texts(&shape, column) {
        Some(texts) => union(texts),
        None => type_of(schema, &shape),
    };
    // NULL given to an INTEGER PRIMARY KEY asks SQLite for the next number.
    if (is_nullable || wanted == Use::Insert && column.fill == Fill::RowId) && written != "unknown" {
        written.push_str(" | null");
    }
    let _ = writeln!(text, "          {name}{mark}: {written}");
}

fn write_relationships(text: &mut String, schema: &Schema, relation: &Relation) {
    // The client finds the other table by its name alone, so it must be in the same schema and in this file.
    let keys = relation.foreign_keys.iter().filter(|key| {
        key.target.schema == relation.name.schema
            && schema.relation(&key.target).is_some()
            && !key.columns.is_empty()
            && key.columns.len() == key.target_columns.len()
    });
    let mut keys = keys.peekable();
    if keys.peek().is_none() {
        text.push_str("        Relationships: []\n");
        return;
    }
    text.push_str("        Relationships: [\n");
    for key in keys {
        let list = |names: &[String]| {
            names
                .iter()
                .map(|name| quoted(name))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let _ = writeln!(
            text,
            "          {{\n            foreignKeyName: {}\n            columns: [{}]\n            isOneToOne: {}\n            referencedRelation: {}\n            referencedColumns: [{}]\n          }},",
            quoted(&key.name),
            list(&key.columns),
            relation.is_unique(&key.columns),
            quoted(&key.target.name),
            list(&key.target_columns)
        );
    }
    text.push_str("        ]\n");
}

/// Functions of one name: overloads are a union, as `PostgREST` tells them apart by the names of their arguments.
fn write_routines(text: &mut String, schema: &Schema, alike: &[&Routine]) {
    let name = key(&alike[0].name.name);
    let each: Vec<String> = alike
        .iter()
        .map(|routine| routine_type(schema, routine))
        .collect();
    let _ = match each.as_slice() {
        [one] => writeln!(text, "      {name}: {one}"),
        many => writeln!(text, "      {name}:\n        | {}", many.join("\n        | ")),
    };
}

fn routine_type(schema: &Schema, routine: &Routine) -> String {
    let argument = |one: &Argument| {
        let written = type_of(schema, &shape::of(schema, &one.type_name));
        let mark = if one.has_default { "?" } else { "" };
        format!("{}{mark}: {written}", key(&one.name))
    };
    let list = |arguments: &[Argument]| arguments.iter().map(argument).collect::<Vec<_>>().join("; ");
    let arguments = if routine.arguments.is_empty() {
        "never".to_owned()
    } else {
        format!("{{ {} }}", list(&routine.arguments))
    };
    let returns = match routine.outputs.as_slice() {
        [] => type_of(schema, &shape::of(schema, &routine.returns)),
        [one] if !routine.returns_set => type_of(schema, &shape::of(schema, &one.type_name)),
        outputs => format!("{{ {} }}", list(outputs)),
    };
    let many = if routine.returns_set { "[]" } else { "" };
    let returns = match returns.as_str() {
        plain if many.is_empty() => plain.to_owned(),
        union if union.contains(" | ") && !union.starts_with('{') => format!("({union})[]"),
        one => format!("{one}[]"),
    };
    format!("{{ Args: {arguments}; Returns: {returns} }}")
}

/// The labels of every enum once more as values, for menus and checks at run time.
fn write_constants(text: &mut String, schema: &Schema, schemas: &[&str]) {
    text.push_str("\nexport const Constants = {\n");
    for name in schemas {
        let _ = writeln!(text, "  {}: {{\n    Enums: {{", value_key(name));
        let own = schema.types.iter().filter(|one| one.name.schema == *name);
        for one in own.filter(|one| !one.is_of_extension) {
            if let Some(labels) = labels(one) {
                let labels: Vec<String> = labels.iter().map(|label| quoted(label)).collect();
                let _ = writeln!(
                    text,
                    "      {}: [{}],",
                    value_key(&one.name.name),
                    labels.join(", ")
                );
            }
        }
        text.push_str("    },\n  },\n");
    }
    text.push_str("} as const\n");
}

fn labels(one: &NamedType) -> Option<&[String]> {
    match &one.definition {
        Definition::Enum(labels) => Some(labels),
        _ => None,
    }
}

fn type_of(schema: &Schema, shape: &Shape<'_>) -> String {
    let place = |name: &Name, section: &str| {
        format!(
            "Database[{}][\"{section}\"][{}]",
            quoted(&name.schema),
            quoted(&name.name)
        )
    };
    let is_here = |one: &NamedType| !one.is_of_extension;
    let one = match shape.kind {
        Kind::Scalar(scalar) => of_scalar(scalar, schema.engine).to_owned(),
        Kind::Enum(one) if is_here(one) => place(&one.name, "Enums"),
        Kind::Enum(one) => union(labels(one).unwrap_or_default()),
        Kind::Composite(one) if is_here(one) => place(&one.name, "CompositeTypes"),
        Kind::Composite(_) => "Json".to_owned(),
        Kind::Row(relation) => {
            let section = if relation.is_view() { "Views" } else { "Tables" };
            place(&relation.name, section) + "[\"Row\"]"
        }
    };
    match shape.is_array {
        true if one.contains(" | ") => format!("({one})[]"),
        true => one + "[]",
        false => one,
    }
}

fn of_scalar(scalar: Scalar, engine: Engine) -> &'static str {
    match (scalar, engine) {
        // SQLite has no truth values: drivers give 0 and 1.
        (Scalar::Bool, Engine::Postgres) => "boolean",
        (
            Scalar::Bool
            | Scalar::Int16
            | Scalar::Int32
            | Scalar::Int64
            | Scalar::Float32
            | Scalar::Float64
            | Scalar::Decimal
            | Scalar::Number,
            _,
        ) => "number",
        (Scalar::Bytes, Engine::Sqlite) => "Uint8Array",
        (Scalar::Any, _) => "string | number | Uint8Array | null",
        (Scalar::Json, _) => "Json",
        (Scalar::Record, _) => "Record<string, unknown>",
        (Scalar::Void, _) => "undefined",
        (
            Scalar::Text
            | Scalar::Bytes
            | Scalar::Uuid
            | Scalar::Date
            | Scalar::Time
            | Scalar::Timestamp
            | Scalar::TimestampTz
            | Scalar::Vector
            | Scalar::HalfVector
            | Scalar::Interval
            | Scalar::Printed,
            _,
        ) => "string",
    }
}

fn union(texts: &[String]) -> String {
    if texts.is_empty() {
        return "never".to_owned();
    }
    texts
        .iter()
        .map(|text| quoted(text))
        .collect::<Vec<_>>()
        .join(" | ")
}

/// The key of a type: bare where it is a plain name.
fn key(name: &str) -> String {
    let is_plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if is_plain { name.to_owned() } else { quoted(name) }
}

/// The key of a value, where `__proto__` would mean something else.
fn value_key(name: &str) -> String {
    match name {
        "__proto__" => "[\"__proto__\"]".to_owned(),
        other => key(other),
    }
}

/// A string literal. JSON's is one, and what hides or turns text is escaped.
fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => literal.extend(['\\', letter]),
            '\n' => literal.push_str("\\n"),
            letter
                if letter == '\t'
                    || crate::text::printable(letter.encode_utf8(&mut [0; 4])) != letter.to_string() =>
            {
                let _ = write!(literal, "\\u{{{:x}}}", u32::from(letter));
            }
            '\u{2028}' | '\u{2029}' => {
                let _ = write!(literal, "\\u{:04x}", u32::from(letter));
            }
            letter => literal.push(letter),
        }
    }
    literal.push('"');
    literal
}

fn write_comment(text: &mut String, comment: Option<&str>, indent: usize) {
    let lines = comment.map(comment_lines).unwrap_or_default();
    let pad = " ".repeat(indent);
    let safe = |line: &String| line.replace("*/", "* /");
    let _ = match lines.as_slice() {
        [] => Ok(()),
        [one] => writeln!(text, "{pad}/** {} */", safe(one)),
        many => {
            let inner: Vec<String> = many
                .iter()
                .map(|line| format!("{pad} * {}\n", safe(line)))
                .collect();
            writeln!(text, "{pad}/**\n{}{pad} */", inner.concat())
        }
    };
}
