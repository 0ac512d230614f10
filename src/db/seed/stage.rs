//! One part of a seed on its way into its table: loaded into a temporary table, compared there, moved from there.
//!
//! The temporary table has the types of the columns, so values are converted when they are loaded. Where something fails, the rows
//! are halved until the one that is at fault is found.

use sqlx::AssertSqlSafe;

use crate::document::sql::name::always_quoted as quoted;
use crate::failure::{Failure, Result};
use crate::store::{Database, Engine, Explain as _, Url, message_of};

use super::super::history::{on, sql};
use super::source::{Part, Row, fault};
use super::table::{Column, Key, Table};
use super::value::Kind;

/// Rows and bytes that are sent at once.
const BATCH_ROWS: usize = 5_000;
const BATCH_BYTES: usize = 1 << 20;

/// What happened to the rows of a part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub rows: u64,
    pub inserted: u64,
    pub updated: u64,
}

/// A part, its table, and the way to both.
pub struct Stage<'a> {
    pub database: &'a mut Database,
    pub url: &'a Url,
    pub part: &'a Part,
    pub table: &'a Table,
    pub columns: Vec<&'a Column>,
    pub key: &'a Key,
    /// Line of each row that was loaded.
    lines: Vec<usize>,
    waiting: Vec<Row>,
    waiting_bytes: usize,
}

impl<'a> Stage<'a> {
    pub async fn begin(
        database: &'a mut Database,
        url: &'a Url,
        part: &'a Part,
        table: &'a Table,
        columns: Vec<&'a Column>,
        key: &'a Key,
    ) -> Result<Self> {
        let mut stage = Self {
            database,
            url,
            part,
            table,
            columns,
            key,
            lines: Vec::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
        };
        let make = stage.filled(sql!(stage.database.engine(), "create_stage.sql"));
        stage
            .raw(make)
            .await
            .explain(url, "could not make a temporary table")?;
        Ok(stage)
    }

    /// A statement with the names of this table in the places of the example's.
    fn filled(&self, template: &str) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| quoted(&column.name)).collect();
        let keys: Vec<String> = self.key.columns.iter().map(|column| quoted(column)).collect();
        let of = |table: &str, names: &[String]| {
            let each = names.iter().map(|name| format!("{table}.{name}"));
            each.collect::<Vec<_>>().join(", ")
        };
        let same = keys.iter().map(|key| format!("live.{key} = staged.{key}"));
        let set = names
            .iter()
            .filter(|name| !keys.contains(name))
            .map(|name| format!("{name} = staged.{name}"));
        let is_postgres = self.database.engine() == Engine::Postgres;
        let differs = self
            .columns
            .iter()
            .filter(|column| !self.key.columns.contains(&column.name))
            .map(|column| {
                let name = quoted(&column.name);
                match (is_postgres, column.is_comparable) {
                    (false, _) => format!("live.{name} IS NOT staged.{name}"),
                    (true, true) => format!("live.{name} IS DISTINCT FROM staged.{name}"),
                    (true, false) => format!("live.{name}::text IS DISTINCT FROM staged.{name}::text"),
                }
            });
        let values = std::iter::once("json_extract(item.value, '$[0]')".to_owned()).chain(
            self.columns.iter().enumerate().map(|(at, column)| {
                let value = format!("json_extract(item.value, '$[{}]')", at + 1);
                match column.kind {
                    Kind::Blob => {
                        format!("CASE WHEN substr({value}, 1, 2) = '\\x' THEN unhex(substr({value}, 3)) ELSE {value} END")
                    }
                    _ => value,
                }
            }),
        );
        let differs = differs.collect::<Vec<_>>().join(" OR ");
        let parts = [
            (
                "json_extract(item.value, '$[0]'), json_extract(item.value, '$[1]'), json_extract(item.value, '$[2]')",
                values.collect::<Vec<_>>().join(", "),
            ),
            (
                "live.the_value IS DISTINCT FROM staged.the_value",
                differs.clone(),
            ),
            ("live.the_value IS NOT staged.the_value", differs),
            (
                "live.the_key = staged.the_key",
                same.collect::<Vec<_>>().join(" AND "),
            ),
            ("live.the_key, live.the_value", of("live", &names)),
            ("staged.the_key, staged.the_value", of("staged", &names)),
            (
                "SET the_value = staged.the_value",
                format!("SET {}", set.collect::<Vec<_>>().join(", ")),
            ),
            ("(the_key, the_value)", format!("({})", names.join(", "))),
            ("(the_key)", format!("({})", keys.join(", "))),
            ("staged.the_key", of("staged", &keys)),
            ("the_table", self.table.sql.clone()),
        ];
        fill(template, &parts)
    }

    async fn raw(&mut self, statement: String) -> Result<(), sqlx::Error> {
        on!(&mut *self.database, connection => {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await.map(drop)
        })
    }

    async fn execute(&mut self, statement: String, bound: i64) -> Result<u64, sqlx::Error> {
        match &mut *self.database {
            Database::Sqlite(connection) => sqlx::query(AssertSqlSafe(statement))
                .persistent(false)
                .bind(bound)
                .execute(&mut **connection)
                .await
                .map(|done| done.rows_affected()),
            Database::Postgres(connection) => sqlx::query(AssertSqlSafe(statement))
                .persistent(false)
                .bind(bound)
                .execute(&mut **connection)
                .await
                .map(|done| done.rows_affected()),
        }
    }

    async fn savepoint(&mut self) -> Result<()> {
        let statement = sql!(self.database.engine(), "savepoint.sql").to_owned();
        self.raw(statement).await.explain(self.url, "could not go on")
    }

    async fn back(&mut self) -> Result<()> {
        let statement = sql!(self.database.engine(), "back.sql").to_owned();
        self.raw(statement).await.explain(self.url, "could not go back")
    }

    /// Takes a row; full batches are sent.
    pub async fn add(&mut self, row: Row) -> Result<()> {
        if row.cells.len() != self.columns.len() {
            return Err(fault(
                &self.part.file,
                row.line,
                &format!(
                    "the row has {} values, the first line names {} columns",
                    row.cells.len(),
                    self.columns.len()
                ),
            )
            .hint("a value that holds a comma is written in double quotes"));
        }
        for (cell, column) in row.cells.iter().zip(&self.columns) {
            if *cell == super::value::Cell::Null && self.key.columns.contains(&column.name) {
                return Err(self
                    .at_cell(&row, column, "has no value, and belongs to the key")
                    .hint("fill it in"));
            }
            self.waiting_bytes += match cell {
                super::value::Cell::Text { text, .. } | super::value::Cell::Number(text) => text.len(),
                super::value::Cell::Tree(node) => node.span.len(),
                _ => 4,
            };
        }
        self.waiting.push(row);
        if self.waiting.len() >= BATCH_ROWS || self.waiting_bytes >= BATCH_BYTES {
            self.send().await?;
        }
        Ok(())
    }

    fn at_cell(&self, row: &Row, column: &Column, message: &str) -> Failure {
        fault(
            &self.part.file,
            row.line,
            &format!("`{}.{}` {message}", self.part.table, column.name),
        )
    }

    fn misfit(&self, row: &Row, at: usize, why: &str) -> Failure {
        let column = self.columns[at];
        self.at_cell(row, column, &format!("cannot be `{}`", row.cells[at].shown()))
            .caused_by(why.to_owned())
            .hint(format!("the column is of the type `{}`", column.type_name))
    }

    /// Rows as the JSON that `load.sql` reads. `only` leaves out all columns but one.
    fn json(&self, rows: &[Row], first: usize, only: Option<usize>) -> Result<String> {
        let is_postgres = self.database.engine() == Engine::Postgres;
        let mut text = String::with_capacity(self.waiting_bytes * 2 + rows.len() * 40);
        let names: Vec<String> = self
            .columns
            .iter()
            .map(|column| crate::document::json::quoted(&column.name))
            .collect();
        text.push('[');
        for (at, row) in rows.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            let number = first + at;
            if is_postgres {
                text.push_str("{\"packwright_row\":");
            } else {
                text.push('[');
            }
            text.push_str(&number.to_string());
            for (place, column) in self.columns.iter().enumerate() {
                text.push(',');
                if is_postgres {
                    text.push_str(&names[place]);
                    text.push(':');
                }
                if only.is_some_and(|only| only != place) {
                    text.push_str("null");
                } else {
                    row.cells[place]
                        .write(&mut text, column.kind)
                        .map_err(|why| self.misfit(row, place, &why))?;
                }
            }
            text.push(if is_postgres { '}' } else { ']' });
        }
        text.push(']');
        Ok(text)
    }

    async fn load(&mut self, json: String) -> Result<(), sqlx::Error> {
        let statement = self.filled(sql!(self.database.engine(), "load.sql"));
        on!(&mut *self.database, connection => {
            sqlx::query(AssertSqlSafe(statement)).persistent(false).bind(json).execute(connection).await.map(drop)
        })
    }

    /// Sends what waits.
    pub async fn send(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.waiting);
        let first = self.lines.len() + 1;
        let json = self.json(&rows, first, None)?;
        self.savepoint().await?;
        if let Err(error) = self.load(json).await {
            self.back().await?;
            return Err(self.culprit(&rows, error).await?);
        }
        self.lines.extend(rows.iter().map(|row| row.line));
        self.waiting_bytes = 0;
        Ok(())
    }

    /// Which row and column would not be loaded.
    async fn culprit(&mut self, mut rows: &[Row], mut error: sqlx::Error) -> Result<Failure> {
        while rows.len() > 1 {
            let (left, right) = rows.split_at(rows.len() / 2);
            let json = self.json(left, 1, None)?;
            self.savepoint().await?;
            match self.load(json).await {
                Ok(()) => rows = right,
                Err(found) => (rows, error) = (left, found),
            }
            self.back().await?;
        }
        let Some(row) = rows.first() else {
            return Ok(fault(&self.part.file, self.part.line, &message_of(&error)));
        };
        for at in 0..self.columns.len() {
            let json = self.json(std::slice::from_ref(row), 1, Some(at))?;
            self.savepoint().await?;
            let loaded = self.load(json).await;
            self.back().await?;
            if let Err(found) = loaded {
                return Ok(self.misfit(row, at, &message_of(&found)));
            }
        }
        Ok(fault(
            &self.part.file,
            row.line,
            &format!("the row does not fit `{}`", self.part.table),
        )
        .caused_by(message_of(&error)))
    }

    /// Compares, updates, inserts, counts.
    pub async fn finish(mut self) -> Result<Counts> {
        self.send().await?;
        let engine = self.database.engine();
        let index = self.filled(sql!(engine, "index_stage.sql"));
        self.raw(index)
            .await
            .explain(self.url, "could not prepare the rows")?;
        self.check_twice().await?;
        let has_more = self.columns.len() > self.key.columns.len();
        let updated = if has_more {
            self.change(sql!(engine, "update.sql")).await?
        } else {
            0
        };
        let inserted = self.change(sql!(engine, "insert.sql")).await?;
        let rows = self.lines.len() as u64;
        let found: i64 = {
            let statement = self.filled(sql!(engine, "found.sql"));
            on!(&mut *self.database, connection => {
                sqlx::query_scalar(AssertSqlSafe(statement)).persistent(false).fetch_one(connection).await
            })
        }
        .explain(self.url, "could not count the rows")?;
        if found.unsigned_abs() != rows || inserted + updated > rows {
            return Err(fault(
                &self.part.file,
                self.part.line,
                &format!(
                    "{rows} rows for `{}`, of which {found} are in the table afterwards",
                    self.part.table
                ),
            )
            .hint("a trigger, rule or policy of the table changes, drops or hides rows: nothing was kept"));
        }
        let drop = sql!(engine, "drop_stage.sql").to_owned();
        self.raw(drop).await.explain(self.url, "could not tidy up")?;
        Ok(Counts {
            rows,
            inserted,
            updated,
        })
    }

    async fn check_twice(&mut self) -> Result<()> {
        let statement = self.filled(sql!(self.database.engine(), "duplicate.sql"));
        let twice: Option<(i64, i64)> = on!(&mut *self.database, connection => {
            sqlx::query_as(AssertSqlSafe(statement)).persistent(false).fetch_optional(connection).await
        })
        .explain(self.url, "could not compare the rows")?;
        let Some((one, other)) = twice else { return Ok(()) };
        Err(fault(
            &self.part.file,
            self.line_of(other),
            &format!(
                "the row of `{}` has the same key as that of line {}",
                self.part.table,
                self.line_of(one)
            ),
        )
        .caused_by(format!("the key is {}", self.key.columns.join(", ")))
        .hint("keep one of the two"))
    }

    fn line_of(&self, row: i64) -> usize {
        let at = usize::try_from(row).unwrap_or_default().saturating_sub(1);
        self.lines.get(at).copied().unwrap_or(self.part.line)
    }

    /// Updates or inserts. Where that fails, finds the first row with which it does.
    async fn change(&mut self, template: &str) -> Result<u64> {
        let statement = self.filled(template);
        self.savepoint().await?;
        let mut error = match self.execute(statement.clone(), i64::MAX).await {
            Ok(count) => return Ok(count),
            Err(error) => error,
        };
        self.back().await?;
        let (mut good, mut bad) = (0_i64, i64::try_from(self.lines.len()).unwrap_or(i64::MAX));
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            self.savepoint().await?;
            match self.execute(statement.clone(), middle).await {
                Ok(_) => good = middle,
                Err(found) => (bad, error) = (middle, found),
            }
            self.back().await?;
        }
        Err(fault(
            &self.part.file,
            self.line_of(bad),
            &format!("the row cannot be put into `{}`", self.part.table),
        )
        .caused_by(message_of(&error))
        .hint("nothing was changed: mend the row and run the command again"))
    }
}

/// Puts text into the places of a template, in one pass, so that a name is never taken for a place.
fn fill(template: &str, parts: &[(&str, String)]) -> String {
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while !rest.is_empty() {
        if let Some((place, with)) = parts.iter().find(|(place, _)| rest.starts_with(place)) {
            text.push_str(with);
            rest = &rest[place.len()..];
        } else {
            let length = rest.chars().next().map_or(1, char::len_utf8);
            text.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_looks_like_a_place_is_none() {
        let parts = [
            ("the_table", "\"the_key\"".to_owned()),
            ("the_key", "id".to_owned()),
        ];
        assert_eq!(fill("INTO the_table (the_key)", &parts), "INTO \"the_key\" (id)");
    }
}
