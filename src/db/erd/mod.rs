//! `db erd`: the live schema as a drawing.
//!
//! ```text
//! schema → Diagram (boxes and lines) → mermaid | dot | layout → drawing → page
//! ```

mod dot;
mod drawing;
mod layout;
mod mermaid;
mod page;

use super::schema::{Column, Relation, SQLITE_SCHEMA, Schema};
use crate::failure::Result;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Mermaid,
    Dot,
    Html,
}

impl Form {
    /// `mermaid`, `dot` or `html`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mermaid => "mermaid",
            Self::Dot => "dot",
            Self::Html => "html",
        }
    }
}

/// Which columns a box shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    All,
    /// Those of primary and foreign keys.
    Keys,
}

/// A drawing of a schema, of which nothing has a place yet.
#[derive(Debug)]
struct Diagram<'a> {
    title: String,
    boxes: Vec<Table<'a>>,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Table<'a> {
    /// The name, with the schema before it unless it is the usual one.
    label: String,
    relation: &'a Relation,
    rows: Vec<Row<'a>>,
}

#[derive(Debug)]
struct Row<'a> {
    column: &'a Column,
    is_primary: bool,
    is_foreign: bool,
    is_unique: bool,
}

/// A foreign key.
#[derive(Debug)]
struct Line {
    /// Box and row of the table that refers.
    from: (usize, Option<usize>),
    /// Box and row of the table that is referred to.
    to: (usize, Option<usize>),
    /// `author_id`, or `(a, b)`.
    label: String,
    /// Whether a row need not refer to anything.
    is_optional: bool,
    /// Whether at most one row refers to a row.
    is_unique: bool,
    /// Whether the reference is part of what the row is known by.
    is_identifying: bool,
}

/// What was written, and how much it is.
#[derive(Debug)]
pub struct Drawing {
    pub text: String,
    pub tables: usize,
    pub references: usize,
}

/// Writes the drawing. Its title is the name of the database.
pub fn draw(schema: &Schema, title: &str, form: Form, shown: Shown) -> Result<Drawing> {
    let diagram = diagram(schema, title, shown);
    let text = match form {
        Form::Mermaid => mermaid::write(&diagram),
        Form::Dot => dot::write(&diagram),
        Form::Html => page::write(&diagram)?,
    };
    Ok(Drawing {
        text,
        tables: diagram.boxes.len(),
        references: diagram.lines.len(),
    })
}

fn diagram<'a>(schema: &'a Schema, title: &str, shown: Shown) -> Diagram<'a> {
    let boxes: Vec<Table<'_>> = schema
        .relations
        .iter()
        .map(|relation| Table {
            label: label(relation),
            rows: rows(relation, shown),
            relation,
        })
        .collect();
    let mut lines = Vec::new();
    for (at, table) in boxes.iter().enumerate() {
        for key in &table.relation.foreign_keys {
            let target = schema.relations.binary_search_by(|one| one.name.cmp(&key.target));
            let Ok(target) = target else { continue };
            let row_of = |table: &Table<'_>, name: Option<&String>| {
                let mut rows = table.rows.iter();
                rows.position(|row| Some(&row.column.name) == name)
            };
            let is_nullable = |name: &String| {
                table
                    .relation
                    .column(name)
                    .is_some_and(|column| !column.is_not_null)
            };
            lines.push(Line {
                from: (at, row_of(table, key.columns.first())),
                to: (target, row_of(&boxes[target], key.target_columns.first())),
                label: match key.columns.as_slice() {
                    [one] => one.clone(),
                    many => format!("({})", many.join(", ")),
                },
                is_optional: key.columns.iter().any(is_nullable),
                is_unique: table.relation.is_unique(&key.columns),
                is_identifying: key
                    .columns
                    .iter()
                    .all(|name| table.relation.primary_key.contains(name)),
            });
        }
    }
    Diagram {
        title: title.to_owned(),
        boxes,
        lines,
    }
}

fn label(relation: &Relation) -> String {
    let name = &relation.name;
    match name.schema.as_str() {
        "public" | SQLITE_SCHEMA => name.name.clone(),
        _ => name.to_string(),
    }
}

fn rows(relation: &Relation, shown: Shown) -> Vec<Row<'_>> {
    let row = |column| -> Row<'_> {
        let column: &Column = column;
        let name = &column.name;
        Row {
            column,
            is_primary: relation.primary_key.contains(name),
            is_foreign: relation.foreign_keys.iter().any(|key| key.columns.contains(name)),
            is_unique: relation
                .unique_keys
                .iter()
                .any(|key| key.len() == 1 && key[0] == *name),
        }
    };
    let rows = relation.columns.iter().map(row);
    rows.filter(|row| shown == Shown::All || row.is_primary || row.is_foreign)
        .collect()
}

/// Text for HTML and SVG, between tags and in quotes. What cannot stand in XML is shown as its escape.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in crate::text::printable(text).chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => safe.extend(letter.escape_unicode()),
            letter => safe.push(letter),
        }
    }
    safe
}
