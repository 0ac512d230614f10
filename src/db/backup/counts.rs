//! Rows per table: what proves that a copy has everything.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::failure::Result;
use crate::store::{Explain as _, Url};

/// Rows by the name of the table, in PostgreSQL with its schema.
pub type Counts = BTreeMap<String, u64>;

/// Under this name stands how many large objects there are.
pub const LARGE_OBJECTS: &str = "(large objects)";

const COUNTING: &str = "could not be counted";

/// The rows of every table, those of virtual tables in the tables in which they lie.
pub async fn of_sqlite(connection: &mut SqliteConnection, url: &Url) -> Result<Counts> {
    let tables: Vec<String> = sqlx::query_scalar(include_str!("sql/sqlite/backed_up_tables.sql"))
        .fetch_all(&mut *connection)
        .await
        .explain(url, COUNTING)?;
    let mut counts = Counts::new();
    for table in tables {
        let query = include_str!("sql/sqlite/count_rows.sql").replace("sqlite_schema", &quoted(&table));
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_one(&mut *connection)
            .await
            .explain(url, &format!("table {}: {COUNTING}", shown(&table)))?;
        counts.insert(shown(&table), u64::try_from(count).unwrap_or_default());
    }
    Ok(counts)
}

/// A table by schema and name.
pub type Table = (String, String);

/// The tables whose rows are backed up.
pub async fn tables_of_postgres(connection: &mut PgConnection, url: &Url) -> Result<Vec<Table>> {
    sqlx::query_as(include_str!("sql/postgres/backed_up_tables.sql"))
        .fetch_all(connection)
        .await
        .explain(url, COUNTING)
}

/// The rows of every table, each without those of its children, and how many large objects there are.
pub async fn of_postgres(connection: &mut PgConnection, url: &Url) -> Result<Counts> {
    let mut counts = Counts::new();
    for table in tables_of_postgres(connection, url).await? {
        let query =
            include_str!("sql/postgres/count_rows.sql").replace("pg_catalog.pg_class", &in_full(&table));
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_one(&mut *connection)
            .await
            .explain(url, &format!("table {}: {COUNTING}", name_of(&table)))?;
        counts.insert(name_of(&table), u64::try_from(count).unwrap_or_default());
    }
    let large: i64 = sqlx::query_scalar(include_str!("sql/postgres/count_large_objects.sql"))
        .fetch_one(connection)
        .await
        .explain(url, COUNTING)?;
    if large > 0 {
        counts.insert(LARGE_OBJECTS.to_owned(), u64::try_from(large).unwrap_or_default());
    }
    Ok(counts)
}

/// `"schema"."table"`, for a statement.
pub fn in_full((schema, table): &Table) -> String {
    format!("{}.{}", quoted(schema), quoted(table))
}

/// `schema.table`, for people and for manifests, with quotes where a name would be ambiguous.
pub fn name_of((schema, table): &Table) -> String {
    format!("{}.{}", shown(schema), shown(table))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn shown(name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let mut letters = name.chars();
    let plain = letters.next().is_some_and(is_plain)
        && letters.all(|letter| is_plain(letter) || letter.is_ascii_digit());
    if plain { name.to_owned() } else { quoted(name) }
}

/// What is not alike, in a line for each table.
pub fn differences(before: &Counts, after: &Counts) -> Vec<String> {
    let names: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let line = |name: &String| match (before.get(name), after.get(name)) {
        (before, after) if before == after => None,
        (Some(before), Some(after)) => Some(format!(
            "table {name}: {} in the manifest, {after} here",
            rows(*before)
        )),
        (Some(before), None) => Some(format!("table {name} is missing; it had {}", rows(*before))),
        (None, Some(after)) => Some(format!(
            "table {name} is not in the manifest; it has {}",
            rows(*after)
        )),
        (None, None) => None,
    };
    names.into_iter().filter_map(line).collect()
}

fn rows(count: u64) -> String {
    match count {
        1 => "1 row".to_owned(),
        count => format!("{count} rows"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_the_table_and_both_numbers() {
        let counts = |pairs: &[(&str, u64)]| -> Counts {
            pairs
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect()
        };
        let before = counts(&[("a", 1), ("b", 2), ("c", 3)]);
        assert_eq!(differences(&before, &before), Vec::<String>::new());
        assert_eq!(
            differences(&before, &counts(&[("a", 1), ("b", 4), ("d", 1)])),
            [
                "table b: 2 rows in the manifest, 4 here",
                "table c is missing; it had 3 rows",
                "table d is not in the manifest; it has 1 row",
            ]
        );
    }

    #[test]
    fn names_are_quoted_where_they_have_to_be() {
        let table = ("public".to_owned(), "odd \"name\"".to_owned());
        assert_eq!(name_of(&table), "public.\"odd \"\"name\"\"\"");
        assert_eq!(in_full(&table), "\"public\".\"odd \"\"name\"\"\"");
        assert_eq!(name_of(&("a".to_owned(), "B".to_owned())), "a.\"B\"");
    }
}
