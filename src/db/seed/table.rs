//! What the database says of a table that is to be filled.

use crate::document::sql::name;
use crate::failure::{Failure, Result};
use crate::store::{Database, Explain as _, Url};
use crate::text::nearest;

use super::source::{Part, fault};
use super::value::Kind;

const ASKING: &str = "could not be asked for a table";

/// A table that is there.
#[derive(Debug, Clone)]
pub struct Table {
    /// As the database writes it: quoted where needed, with its schema where that is not on the search path.
    pub sql: String,
    pub columns: Vec<Column>,
    /// The primary key first.
    pub keys: Vec<Key>,
    pub references: Vec<Reference>,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    /// As the database says it.
    pub type_name: String,
    pub kind: Kind,
    /// Whether two values can be compared as they are, rather than as text.
    pub is_comparable: bool,
    /// Whether the database computes it.
    pub is_generated: bool,
    /// The sequence that its default counts with.
    pub sequence: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Key {
    pub name: String,
    pub is_primary: bool,
    pub columns: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Reference {
    pub name: String,
    /// As [`Table::sql`].
    pub table: String,
    pub is_deferrable: bool,
}

/// Looks a table up by the name that a file gives it.
pub async fn look(database: &mut Database, url: &Url, part: &Part) -> Result<Table> {
    let quoted: Vec<String> = part.table.split('.').map(name::always_quoted).collect();
    let found: Option<(String, String)> = match database {
        Database::Sqlite(connection) => {
            let bare = part.table.strip_prefix("main.").unwrap_or(&part.table);
            sqlx::query_as(include_str!("sql/sqlite/table.sql"))
                .bind(bare)
                .fetch_optional(&mut **connection)
                .await
        }
        Database::Postgres(connection) => {
            sqlx::query_as(include_str!("sql/postgres/table.sql"))
                .bind(quoted.join("."))
                .fetch_optional(&mut **connection)
                .await
        }
    }
    .explain(url, ASKING)?;
    match found {
        None => Err(missing(database, url, part).await?),
        Some((_, kind)) if !matches!(kind.as_str(), "r" | "p") => Err(fault(
            &part.file,
            part.line,
            &format!("`{}` is no table but a view or the like", part.table),
        )
        .hint("seeds go into tables")),
        Some((found, _)) => match database {
            Database::Sqlite(_) => sqlite(database, url, &found).await,
            Database::Postgres(_) => postgres(database, url, found).await,
        },
    }
}

async fn missing(database: &mut Database, url: &Url, part: &Part) -> Result<Failure> {
    let names: Vec<String> = match database {
        Database::Sqlite(connection) => {
            sqlx::query_scalar(include_str!("sql/sqlite/names.sql"))
                .fetch_all(&mut **connection)
                .await
        }
        Database::Postgres(connection) => {
            sqlx::query_scalar(include_str!("sql/postgres/names.sql"))
                .fetch_all(&mut **connection)
                .await
        }
    }
    .explain(url, ASKING)?;
    let failure = fault(
        &part.file,
        part.line,
        &format!("{url} has no table `{}`", part.table),
    );
    Ok(match nearest(&part.table, names.iter().map(String::as_str)) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("apply the migrations first: `packwright db migrate`"),
    })
}

type PostgresColumn = (String, String, String, bool, bool, Option<String>);

async fn postgres(database: &mut Database, url: &Url, sql: String) -> Result<Table> {
    let Database::Postgres(connection) = database else {
        return Err(Failure::internal("a table of PostgreSQL was asked of SQLite"));
    };
    let columns: Vec<PostgresColumn> = sqlx::query_as(include_str!("sql/postgres/columns.sql"))
        .bind(&sql)
        .fetch_all(&mut **connection)
        .await
        .explain(url, ASKING)?;
    let keys: Vec<(String, bool, Vec<String>)> = sqlx::query_as(include_str!("sql/postgres/keys.sql"))
        .bind(&sql)
        .fetch_all(&mut **connection)
        .await
        .explain(url, ASKING)?;
    let references: Vec<(String, String, bool)> = sqlx::query_as(include_str!("sql/postgres/references.sql"))
        .bind(&sql)
        .fetch_all(&mut **connection)
        .await
        .explain(url, ASKING)?;
    Ok(Table {
        sql,
        columns: columns
            .into_iter()
            .map(
                |(name, type_name, kind, is_comparable, is_generated, sequence)| Column {
                    name,
                    type_name,
                    kind: match kind.as_str() {
                        "json" => Kind::Json,
                        "array" => Kind::Array,
                        _ => Kind::Other,
                    },
                    is_comparable,
                    is_generated,
                    sequence,
                },
            )
            .collect(),
        keys: keys
            .into_iter()
            .map(|(name, is_primary, columns)| Key {
                name,
                is_primary,
                columns,
            })
            .collect(),
        references: references
            .into_iter()
            .map(|(name, table, is_deferrable)| Reference {
                name,
                table,
                is_deferrable,
            })
            .collect(),
    })
}

async fn sqlite(database: &mut Database, url: &Url, found: &str) -> Result<Table> {
    let Database::Sqlite(connection) = database else {
        return Err(Failure::internal("a table of SQLite was asked of PostgreSQL"));
    };
    let columns: Vec<(String, String, i64, i64)> = sqlx::query_as(include_str!("sql/sqlite/columns.sql"))
        .bind(found)
        .fetch_all(&mut **connection)
        .await
        .explain(url, ASKING)?;
    let others: Vec<(String, String)> = sqlx::query_as(include_str!("sql/sqlite/keys.sql"))
        .bind(found)
        .fetch_all(&mut **connection)
        .await
        .explain(url, ASKING)?;
    let references: Vec<String> = sqlx::query_scalar(include_str!("sql/sqlite/references.sql"))
        .bind(found)
        .fetch_all(&mut **connection)
        .await
        .explain(url, ASKING)?;
    let mut primary: Vec<(i64, String)> = columns
        .iter()
        .filter(|(_, _, place, _)| *place > 0)
        .map(|(name, _, place, _)| (*place, name.clone()))
        .collect();
    primary.sort();
    let mut keys = Vec::new();
    if !primary.is_empty() {
        keys.push(Key {
            name: "primary key".to_owned(),
            is_primary: true,
            columns: primary.into_iter().map(|(_, name)| name).collect(),
        });
    }
    keys.extend(others.into_iter().map(|(name, columns)| Key {
        name,
        is_primary: false,
        columns: serde_json::from_str(&columns).unwrap_or_default(),
    }));
    Ok(Table {
        sql: name::always_quoted(found),
        columns: columns
            .into_iter()
            .map(|(name, declared, _, hidden)| Column {
                name,
                kind: Kind::of_sqlite(&declared),
                type_name: declared.to_lowercase(),
                is_comparable: true,
                is_generated: hidden > 0,
                sequence: None,
            })
            .collect(),
        keys,
        references: references
            .into_iter()
            .map(|table| Reference {
                name: format!("to {table}"),
                table: name::always_quoted(&table),
                is_deferrable: true,
            })
            .collect(),
    })
}

impl Table {
    /// The columns of a part, in its order.
    pub fn columns_of(&self, part: &Part) -> Result<Vec<&Column>> {
        part.columns
            .iter()
            .map(|column| self.column_of(part, column))
            .collect()
    }

    fn column_of(&self, part: &Part, wanted: &str) -> Result<&Column> {
        match self.columns.iter().find(|column| column.name == wanted) {
            Some(column) if column.is_generated => Err(fault(
                &part.file,
                part.line,
                &format!("the database computes `{}.{wanted}` itself", part.table),
            )
            .hint("leave the column out")),
            Some(column) => Ok(column),
            None => {
                let failure = fault(
                    &part.file,
                    part.line,
                    &format!("the table `{}` has no column `{wanted}`", part.table),
                );
                let names = || self.columns.iter().map(|column| column.name.as_str());
                Err(match nearest(wanted, names()) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure.hint(format!("it has {}", names().collect::<Vec<_>>().join(", "))),
                })
            }
        }
    }

    /// The columns that tell which row is meant: those that were asked for, else the primary key, else the one unique key that the
    /// rows have all columns of.
    pub fn key_of(&self, part: &Part, asked: Option<&str>) -> Result<&Key> {
        let is_given = |key: &&Key| key.columns.iter().all(|column| part.columns.contains(column));
        if let Some(asked) = asked {
            let columns: Vec<&str> = asked.split(',').map(str::trim).collect();
            let same = |key: &&Key| {
                key.name == asked
                    || (key.columns.len() == columns.len()
                        && columns.iter().all(|one| key.columns.iter().any(|own| own == one)))
            };
            let Some(key) = self.keys.iter().find(same) else {
                return Err(
                    Failure::user(format!("the table `{}` has no unique key `{asked}`", part.table))
                        .hint(self.keys_in_words()),
                );
            };
            return if is_given(&key) {
                Ok(key)
            } else {
                Err(fault(
                    &part.file,
                    part.line,
                    &format!(
                        "the rows of `{}` lack columns of the key {}",
                        part.table,
                        key.columns.join(", ")
                    ),
                )
                .hint("add them"))
            };
        }
        let mut fitting = self.keys.iter().filter(is_given);
        match (fitting.next(), fitting.next()) {
            (Some(key), _) if key.is_primary => Ok(key),
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) => Err(fault(
                &part.file,
                part.line,
                &format!("the rows of `{}` have several unique keys", part.table),
            )
            .hint(format!(
                "say which one tells the rows apart: `--key {}=…`",
                part.table
            ))
            .hint(self.keys_in_words())),
            (None, _) => Err(fault(
                &part.file,
                part.line,
                &format!(
                    "nothing tells the rows of `{}` apart: they have no whole key of the table",
                    part.table
                ),
            )
            .hint(self.keys_in_words())),
        }
    }

    fn keys_in_words(&self) -> String {
        if self.keys.is_empty() {
            return "the table has no primary key and no unique key: give it one with a migration".to_owned();
        }
        let keys = self
            .keys
            .iter()
            .map(|key| format!("{} ({})", key.name, key.columns.join(", ")));
        format!("its keys: {}", keys.collect::<Vec<_>>().join("; "))
    }
}
