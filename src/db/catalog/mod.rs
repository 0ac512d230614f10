//! What a database is made of, apart from its rows: a text of it that does not change by itself, and the difference of two.
//!
//! An object is a table, view, function, type, …; its parts are columns, constraints, indexes, triggers, policies, grants and so on,
//! each with its definition in the engine's own words. The order of columns is one part of its own, so that a column that was put
//! back at the end of its table is one difference and not many.
//!
//! PostgreSQL: schemas, extensions, tables (with partitions, inheritance, row security, storage options), columns, constraints,
//! indexes, views, materialized views, sequences, functions, procedures, aggregates, triggers, rules, policies, types, domains,
//! statistics, grants, default privileges, comments, publications, event triggers; casts, operators, collations, text search and
//! foreign data by name only. Not read: subscriptions, security labels, large objects, and what belongs to the whole server
//! (roles, tablespaces). What an extension brought belongs to the extension.
//!
//! SQLite: tables, columns, constraints, indexes, views, triggers, `user_version` and `application_id`; it has no grants, policies,
//! functions or comments.

mod read;
mod sqlite;

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};
use similar::TextDiff;

pub use read::{read, read_in_transaction};

/// The part that says in which order the columns of a table stand.
const COLUMN_ORDER: &str = "column order";

/// Every object of a database with its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Catalog {
    objects: BTreeMap<String, BTreeMap<String, String>>,
}

/// A part of an object that two catalogs do not have alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `table public.users`
    pub object: String,
    /// `column email`; `None` when the whole object is on one side only.
    pub part: Option<String>,
    /// `None` when it is not there.
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Catalog {
    /// Adds a part. A second one of the same name gets a number.
    pub fn add(&mut self, object: impl Into<String>, part: impl Into<String>, text: impl Into<String>) {
        let parts = self.objects.entry(object.into()).or_default();
        let part = part.into();
        let mut name = part.clone();
        let mut count = 1;
        while parts.contains_key(&name) {
            count += 1;
            name = format!("{part} ({count})");
        }
        parts.insert(name, text.into());
    }

    /// Number of objects.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The objects and their parts, by name.
    pub fn objects(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, String>)> {
        self.objects.iter().map(|(name, parts)| (name.as_str(), parts))
    }

    /// Without the tables of packwright and those in which migration tools keep their histories.
    #[must_use]
    pub fn without_own(mut self) -> Self {
        self.objects.retain(|object, _| !is_own(object));
        self
    }

    /// Only the objects and parts for which `keep` holds; a part is `None` for the object as a whole.
    #[must_use]
    pub fn only(mut self, keep: impl Fn(&str, &str) -> bool) -> Self {
        for (object, parts) in &mut self.objects {
            parts.retain(|part, _| keep(object, part));
        }
        self.objects.retain(|_, parts| !parts.is_empty());
        self
    }

    /// What is not alike, by object and part. `self` is before, `after` after.
    pub fn differences(&self, after: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        let names: std::collections::BTreeSet<_> = self.objects.keys().chain(after.objects.keys()).collect();
        for object in names {
            match (self.objects.get(object), after.objects.get(object)) {
                (Some(ours), Some(theirs)) => compare_parts(object, ours, theirs, &mut found),
                (before, after) => found.push(Difference {
                    object: object.clone(),
                    part: None,
                    before: before.map(text_of_parts),
                    after: after.map(text_of_parts),
                }),
            }
        }
        found
    }

    /// The two texts as a unified diff, empty when they are alike.
    pub fn diff(&self, after: &Self, names: (&str, &str)) -> String {
        let (ours, theirs) = (self.to_string(), after.to_string());
        TextDiff::from_lines(&ours, &theirs)
            .unified_diff()
            .header(names.0, names.1)
            .to_string()
    }
}

fn compare_parts(
    object: &str,
    ours: &BTreeMap<String, String>,
    theirs: &BTreeMap<String, String>,
    found: &mut Vec<Difference>,
) {
    let names: std::collections::BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    for part in names {
        let (before, after) = (ours.get(part), theirs.get(part));
        if before == after {
            continue;
        }
        // With a column more or less the order is another anyway.
        let is_told_already = part == COLUMN_ORDER
            && before.zip(after).is_some_and(|(before, after)| {
                let sorted = |list: &str| {
                    let mut names: Vec<String> = list.split(", ").map(str::to_owned).collect();
                    names.sort();
                    names
                };
                sorted(before) != sorted(after)
            });
        if !is_told_already {
            found.push(Difference {
                object: object.to_owned(),
                part: Some(part.clone()),
                before: before.cloned(),
                after: after.cloned(),
            });
        }
    }
}

fn text_of_parts(parts: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    write_parts(&mut text, parts).unwrap_or_default();
    text.trim_end().to_owned()
}

fn write_parts(to: &mut impl fmt::Write, parts: &BTreeMap<String, String>) -> fmt::Result {
    for (part, text) in parts {
        match text.trim_end() {
            "" => writeln!(to, "    {part}")?,
            text if !text.contains('\n') => writeln!(to, "    {part}: {}", text.trim_start())?,
            text => {
                writeln!(to, "    {part}:")?;
                for line in text.lines() {
                    writeln!(to, "        {line}")?;
                }
            }
        }
    }
    Ok(())
}

/// The stable text: objects and parts in the order of their names, one part a line where it is of one line.
impl fmt::Display for Catalog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (object, parts) in &self.objects {
            writeln!(formatter, "{object}")?;
            write_parts(formatter, parts)?;
            formatter.write_char('\n')?;
        }
        Ok(())
    }
}

impl Difference {
    /// Whether only the columns of a table stand in another order, which no `ALTER TABLE` can put right.
    pub fn is_column_order(&self) -> bool {
        self.part.as_deref() == Some(COLUMN_ORDER)
    }
}

/// `table public.users: column email is gone: text not null`
impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.object)?;
        let Some(part) = &self.part else {
            return formatter.write_str(match self.after {
                Some(_) => " is new",
                None => " is gone",
            });
        };
        write!(formatter, ": {part}")?;
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => {
                write!(formatter, " was `{}`, is `{}`", one_line(before), one_line(after))
            }
            (None, Some(after)) if after.is_empty() => formatter.write_str(" is new"),
            (None, Some(after)) => write!(formatter, " is new: `{}`", one_line(after)),
            (Some(before), None) if before.is_empty() => formatter.write_str(" is gone"),
            (Some(before), None) => write!(formatter, " is gone: `{}`", one_line(before)),
            (None, None) => Ok(()),
        }
    }
}

/// At most two hundred characters, on one line.
fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 200 {
        return line;
    }
    line.chars().take(199).chain(std::iter::once('…')).collect()
}

/// Whether an object is packwright's own or the history of a migration tool: `table public.packwright_migrations`,
/// `sequence packwright_runs_id_seq`, `schema supabase_migrations`.
pub(super) fn is_own(object: &str) -> bool {
    let Some((kind, name)) = object.rsplit_once(' ') else {
        return false;
    };
    let (schema, bare) = name.rsplit_once('.').unwrap_or(("", name));
    let bare = bare.trim_matches('"');
    match kind {
        "schema" => name == "supabase_migrations",
        _ => {
            schema == "supabase_migrations"
                || bare == "_sqlx_migrations"
                || bare == "schema_migrations"
                || [
                    "packwright_",
                    "goose_db_version",
                    "refinery_schema_history",
                    "flyway_schema_history",
                ]
                .iter()
                .any(|start| bare.starts_with(start))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn catalog(parts: &[(&str, &str, &str)]) -> Catalog {
        let mut catalog = Catalog::default();
        for (object, part, text) in parts {
            catalog.add(*object, *part, *text);
        }
        catalog
    }

    #[test]
    fn differences_name_object_part_and_both_texts() {
        let before = catalog(&[
            ("table t", "column a", "int"),
            ("table t", "column b", "text"),
            ("table t", "column order", "a, b"),
            ("view v", "definition", "select 1"),
        ]);
        let after = catalog(&[
            ("table t", "column a", "bigint"),
            ("table t", "column order", "a"),
            ("table u", "column x", "int"),
        ]);
        let lines: Vec<String> = before
            .differences(&after)
            .iter()
            .map(Difference::to_string)
            .collect();
        assert_eq!(
            lines,
            [
                "table t: column a was `int`, is `bigint`",
                "table t: column b is gone: `text`",
                "table u is new",
                "view v is gone",
            ]
        );
        assert!(before.diff(&before, ("a", "b")).is_empty());
        let diff = before.diff(&after, ("a", "b"));
        assert!(
            diff.contains("\n-    column a: int\n") && diff.contains("\n+    column a: bigint\n"),
            "{diff}"
        );
    }

    #[test]
    fn another_order_of_the_same_columns_is_one_difference() {
        let before = catalog(&[("table t", "column order", "a, b")]);
        let after = catalog(&[("table t", "column order", "b, a")]);
        let found = before.differences(&after);
        assert_eq!(found.len(), 1);
        assert!(found[0].is_column_order());
    }

    #[test]
    fn own_tables_are_told_from_others() {
        let all = [
            "table public._sqlx_migrations",
            "table packwright_notes",
            "table supabase_migrations.schema_migrations",
            "schema supabase_migrations",
            "table public.my_sqlx_migrations",
            "schema packwright_app",
            "table public.packwrights",
        ];
        let mine: Vec<_> = all.into_iter().filter(|object| is_own(object)).collect();
        assert_eq!(mine, all[..4]);
    }

    proptest! {
        #[test]
        fn there_is_no_difference_exactly_where_the_catalogs_are_equal(
            left in prop::collection::vec(("[ab] [xy]", "[pq]", "[01\n]{0,3}"), 0..6),
            right in prop::collection::vec(("[ab] [xy]", "[pq]", "[01\n]{0,3}"), 0..6),
        ) {
            let build = |rows: &[(String, String, String)]| {
                let mut catalog = Catalog::default();
                for (object, part, text) in rows {
                    catalog.add(object, part, text);
                }
                catalog
            };
            let (left, right) = (build(&left), build(&right));
            prop_assert_eq!(left.differences(&right).is_empty(), left == right);
            prop_assert!(left.differences(&left).is_empty());
        }
    }
}
