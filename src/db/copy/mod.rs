//! `db copy`: the rows of one database into another of the same engine, whose tables are there already.
//!
//! ```text
//! look at both → hold the schemas together → begin (or go on) → chunks in order of the key → verify and put right → finish
//! ```
//!
//! **What is promised.** All is read in one snapshot of the source. Each chunk is committed with a note of how far it got, in a table
//! of the target that is dropped at the end; a run that was killed is gone on with by the same command. What an earlier run copied
//! comes from an earlier snapshot, so at the end every table is held against the snapshot of the run that finishes, and one that
//! differs is copied anew: a finished copy is the source at one moment, however many runs it took.
//!
//! **What stands in the way** of rows that come in any order (foreign keys, triggers) is switched off for the session where the role
//! may do that, else taken away, noted and put back, which proves the foreign keys once more. Values travel as text, for the binary
//! form holds numbers of types that differ between servers.

mod postgres;
mod sqlite;

use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::store::{Engine, Holder, Url};

use super::schema::{Column, Fill, Relation, RelationKind, Schema};

/// What to copy.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub from: &'a Url,
    pub to: &'a Url,
    /// Rows of a chunk.
    pub batch: u64,
    /// Whether rows of the target may be deleted, and a copy that was begun thrown away.
    pub replace: bool,
    pub patience: Duration,
}

/// What happens while it happens.
#[derive(Debug)]
pub enum Event<'a> {
    /// Another run has the lock.
    Waiting(Option<&'a Holder>),
    /// Number of tables; whether an earlier run is gone on with.
    Begun(usize, bool),
    /// Rows of this table that are in the target by now.
    Rows(&'a str, u64),
    Verifying(&'a str),
}

/// Told of every [`Event`].
pub type Observer<'a> = &'a mut dyn FnMut(Event<'_>);

/// A table and what was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    pub name: String,
    pub rows: u64,
    /// Whether an earlier run had begun it and its rows had changed since.
    pub was_put_right: bool,
    /// The same for source and target; SQLite is compared row by row instead.
    pub checksum: Option<String>,
}

/// What a copy did.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub tables: Vec<Copied>,
    pub sequences: usize,
    /// What was left alone, and why.
    pub skipped: Vec<String>,
    pub is_resumed: bool,
}

/// Copies. The schema must be there.
pub async fn copy(request: Request<'_>, observer: Observer<'_>) -> Result<Report> {
    let Request { from, to, .. } = request;
    match (from.engine(), to.engine()) {
        (Engine::Postgres, Engine::Postgres) => postgres::copy(request, observer).await,
        (Engine::Sqlite, Engine::Sqlite) => sqlite::copy(request, observer).await,
        (from, to) => Err(Failure::user(format!(
            "a copy from {} to {} is not possible: they have no common types",
            from.name(),
            to.name()
        ))
        .hint("run the migrations on the target, and move the rows with `db seed` or a program of your own")),
    }
}

/// A table that both sides have.
#[derive(Debug, Clone)]
struct Table {
    /// For people: `app.users`.
    shown: String,
    /// For SQL: `"app"."users"`.
    quoted: String,
    kind: RelationKind,
    /// The columns that take values, quoted.
    columns: String,
    /// All columns, generated ones too.
    all_columns: Vec<String>,
    /// The columns that chunks are cut by, quoted, and their types; empty where no key is fit for it.
    key: Vec<(String, String)>,
}

impl Table {
    fn key_names(&self) -> String {
        let names: Vec<&str> = self.key.iter().map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }
}

/// The tables to copy, and what is left alone. Fails where the target has no place for something.
fn tables(source: &Schema, target: &Schema, to: &Url) -> Result<(Vec<Table>, Vec<String>)> {
    let mut found = Vec::new();
    let mut skipped = Vec::new();
    let mut troubles = Vec::new();
    for relation in source.relations.iter().filter(|one| one.partition_of.is_none()) {
        let name = shown(relation);
        match relation.kind {
            RelationKind::View | RelationKind::MaterializedView => continue,
            RelationKind::ForeignTable => {
                skipped.push(format!("{name}: a foreign table has no rows of its own"));
                continue;
            }
            RelationKind::Virtual => {
                skipped.push(format!(
                    "{name}: a virtual table is rebuilt by what made it, not copied"
                ));
                continue;
            }
            RelationKind::Table | RelationKind::Partitioned => {}
        }
        if relation.is_managed {
            skipped.push(format!("{name}: its schema belongs to the provider"));
            continue;
        }
        let Some(there) = target.relation(&relation.name) else {
            troubles.push(format!("table {name} is missing"));
            continue;
        };
        differences(relation, there, &mut troubles);
        found.push(table(relation, source.engine));
    }
    if troubles.is_empty() {
        return Ok((found, skipped));
    }
    let mut failure = Failure::user(format!("`{to}` has no place for what is copied"));
    let count = troubles.len();
    for trouble in troubles.into_iter().take(10) {
        failure = failure.caused_by(trouble);
    }
    if count > 10 {
        failure = failure.caused_by(format!("and {} more", count - 10));
    }
    Err(failure.hint("bring the target to the schema of the source first: run its migrations there"))
}

fn shown(relation: &Relation) -> String {
    match relation.name.schema.as_str() {
        super::schema::SQLITE_SCHEMA => relation.name.name.clone(),
        _ => relation.name.to_string(),
    }
}

/// What keeps the rows of one table out of another.
fn differences(relation: &Relation, there: &Relation, troubles: &mut Vec<String>) {
    let name = shown(relation);
    if there.is_view() {
        troubles.push(format!("{name} is a view there"));
    }
    let is_generated = |column: &Column| column.fill == Fill::Generated;
    for column in &relation.columns {
        match there.column(&column.name) {
            None => troubles.push(format!("column {name}.{} is missing", column.name)),
            Some(other) if !other.written.eq_ignore_ascii_case(&column.written) => troubles.push(format!(
                "column {name}.{} is `{}` there, not `{}`",
                column.name, other.written, column.written
            )),
            Some(other) if is_generated(other) != is_generated(column) => troubles.push(format!(
                "column {name}.{} is generated on one side only",
                column.name
            )),
            Some(_) => {}
        }
    }
    for column in &there.columns {
        if relation.column(&column.name).is_none() && !column.is_optional() {
            troubles.push(format!(
                "column {name}.{} must have a value there and has none here",
                column.name
            ));
        }
    }
}

fn table(relation: &Relation, engine: Engine) -> Table {
    let is_sure = |name: &String| relation.column(name).is_some_and(|column| column.is_not_null);
    let unique = relation.unique_keys.iter().filter(|key| key.iter().all(is_sure));
    let primary = Some(&relation.primary_key).filter(|key| !key.is_empty() && key.iter().all(is_sure));
    let key = primary.or_else(|| unique.min_by_key(|key| key.len()));
    let key = key.map_or(&[][..], Vec::as_slice);
    let names =
        |columns: &[&Column]| -> Vec<String> { columns.iter().map(|one| quoted(&one.name)).collect() };
    let all: Vec<&Column> = relation.columns.iter().collect();
    let given: Vec<&Column> = relation
        .columns
        .iter()
        .filter(|column| column.fill != Fill::Generated)
        .collect();
    Table {
        shown: shown(relation),
        quoted: match engine {
            Engine::Sqlite => quoted(&relation.name.name),
            Engine::Postgres => format!(
                "{}.{}",
                quoted(&relation.name.schema),
                quoted(&relation.name.name)
            ),
        },
        kind: relation.kind,
        columns: names(&given).join(", "),
        all_columns: names(&all),
        key: key
            .iter()
            .filter_map(|name| relation.column(name))
            .map(|column| (quoted(&column.name), column.written.clone()))
            .collect(),
    }
}

/// A name of SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// SQL of a file with values in the places that are named, each place filled once: what is put in is not looked at again, so a name
/// that reads like a place does no harm. Where two begin alike the first in the list is meant.
fn filled(template: &str, places: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some(first) = rest.chars().next() {
        let place = places.iter().find(|(place, _)| rest.starts_with(place));
        if let Some((place, value)) = place {
            text.push_str(value);
            rest = &rest[place.len()..];
        } else {
            text.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    text
}

/// A note of how far a table got.
#[derive(Debug, Clone, Default)]
struct Progress {
    position: Option<String>,
    rows: u64,
    is_done: bool,
    /// Whether an earlier run wrote it.
    is_old: bool,
}

fn not_empty(to: &Url, table: &str) -> Failure {
    Failure::user(format!("`{to}` is not empty: `{table}` has rows")).hint(format!(
        "to delete the rows of every table that is copied, add `--confirm {}`",
        to.name()
    ))
}

fn other_source(to: &Url, source: &str) -> Failure {
    Failure::user(format!(
        "a copy from `{source}` into `{to}` was begun and has not ended"
    ))
    .hint("to go on with it, name the same source")
    .hint(format!(
        "to begin anew from this one, add `--confirm {}`",
        to.name()
    ))
}

/// What goes on although nothing came in the way.
fn still_differs(from: &Url, to: &Url, table: &str) -> Failure {
    Failure::user(format!("`{table}` is not the same in `{from}` and `{to}` after it was copied"))
        .caused_by("somebody else writes to the target, or it changes values as they come in (a trigger that is always enabled, a rule)")
        .hint("keep others off the target and run the same command again; nothing that was copied is lost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_not_looked_at_again() {
        let text = filled(
            "COPY t (SELECT x FROM t WHERE true)",
            &[
                ("WHERE true", "WHERE \"t\" > 1"),
                ("x", "\"WHERE true\""),
                ("t ", "\"x\" "),
            ],
        );
        assert_eq!(
            text,
            "COPY \"x\" (SELECT \"WHERE true\" FROM \"x\" WHERE \"t\" > 1)"
        );
    }
}
