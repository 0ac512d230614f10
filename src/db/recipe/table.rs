//! What the recipe `rls` wants to know of the table that it is for.

use crate::failure::{Failure, Result};
use crate::scaffold::Answer;
use crate::store::{Database, Explain as _, Url};

use super::Answers;

/// What a database says of a table and its tenant column. Where nobody was asked, the column is taken to be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Type of the column, where there is one: `uuid`, `bigint`, `integer` or `text`.
    pub column_type: Option<String>,
    pub is_required: bool,
    /// Whether an index begins with the column.
    pub is_indexed: bool,
    pub has_row_security: bool,
    /// Names of policies that are there.
    pub policies: Vec<String>,
}

type Row = (String, bool, Option<String>, bool, bool, Option<Vec<String>>);

impl Facts {
    /// The variables of the templates.
    pub fn answers(&self) -> Answers {
        let mut answers = Answers::new();
        let mut flag = |name: &str, value: bool| answers.insert(name.to_owned(), Answer::Flag(value));
        flag("column_exists", self.column_type.is_some());
        flag("column_required", self.is_required);
        flag("column_indexed", self.is_indexed);
        if let Some(name) = &self.column_type {
            answers.insert("tenant_type".to_owned(), Answer::Text(name.clone()));
        }
        answers
    }
}

/// Looks at the live table. `None` when the database is not PostgreSQL, where there is nothing to look for.
pub async fn look(url: &Url, schema: &str, table: &str, column: &str) -> Result<Option<Facts>> {
    let mut database = Database::open(url).await?;
    let Database::Postgres(connection) = &mut database else {
        return Ok(None);
    };
    let row: Option<Row> = sqlx::query_as(include_str!("sql/postgres/table.sql"))
        .bind(schema)
        .bind(table)
        .bind(column)
        .fetch_optional(&mut **connection)
        .await
        .explain(url, "could not be asked for the table")?;
    database.close(url).await?;
    let Some((kind, has_row_security, column_type, is_required, is_indexed, policies)) = row else {
        return Err(Failure::user(format!("{url} has no table `{table}` in the schema `{schema}`"))
            .hint("check `--table` and `--set schema=…`; names are taken as they are, in small and capital letters")
            .hint("apply the migrations that make it first, or say `--no-look` to write the files without looking"));
    };
    if !matches!(kind.as_str(), "r" | "p") {
        return Err(Failure::user(format!("`{schema}.{table}` is no table")).hint(
            "row level security belongs to the tables below a view: make the view with `security_invoker`",
        ));
    }
    if let Some(known) = &column_type
        && !matches!(known.as_str(), "uuid" | "bigint" | "integer" | "text")
    {
        return Err(
            Failure::user(format!("`{schema}.{table}.{column}` is of the type `{known}`"))
                .hint("the recipe knows uuid, bigint, integer and text"),
        );
    }
    let facts = Facts {
        column_type,
        is_required,
        is_indexed,
        has_row_security,
        policies: policies.unwrap_or_default(),
    };
    if facts.has_row_security && !facts.policies.is_empty() {
        return Err(Failure::user(format!("`{schema}.{table}` has row level security already"))
            .caused_by(format!("its policies: {}", facts.policies.join(", ")))
            .hint("permissive policies add up, so one more could only open the table further: change those by hand"));
    }
    Ok(Some(facts))
}
