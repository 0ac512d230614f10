//! Reading a catalog from a live database.

use sqlx::{PgConnection, SqliteConnection};

use crate::failure::Result;
use crate::store::{Database, Explain as _, Url};

use super::{Catalog, sqlite};

const ASKING: &str = "could not be asked for its schema";

/// The queries of PostgreSQL. Each answers with object, part and text.
const POSTGRES: &[&str] = &[
    include_str!("sql/postgres/schemas.sql"),
    include_str!("sql/postgres/relations.sql"),
    include_str!("sql/postgres/columns.sql"),
    include_str!("sql/postgres/parts.sql"),
    include_str!("sql/postgres/types.sql"),
    include_str!("sql/postgres/functions.sql"),
    include_str!("sql/postgres/grants.sql"),
    include_str!("sql/postgres/others.sql"),
];

/// Reads everything, packwright's own tables included (see [`Catalog::without_own`]). No transaction may be open.
pub async fn read(database: &mut Database, url: &Url) -> Result<Catalog> {
    match database {
        Database::Sqlite(connection) => read_sqlite(connection, url).await,
        Database::Postgres(connection) => {
            sqlx::raw_sql(include_str!("sql/postgres/begin_look.sql"))
                .execute(&mut **connection)
                .await
                .explain(url, ASKING)?;
            let catalog = read_in_transaction(connection, url).await;
            sqlx::raw_sql(include_str!("sql/postgres/end_look.sql"))
                .execute(&mut **connection)
                .await
                .explain(url, ASKING)?;
            catalog
        }
    }
}

/// Reads everything inside the transaction that is open, which is left with another search path.
pub async fn read_in_transaction(connection: &mut PgConnection, url: &Url) -> Result<Catalog> {
    sqlx::raw_sql(include_str!("sql/postgres/look.sql"))
        .execute(&mut *connection)
        .await
        .explain(url, ASKING)?;
    read_postgres(connection, url).await
}

async fn read_postgres(connection: &mut PgConnection, url: &Url) -> Result<Catalog> {
    let mut catalog = Catalog::default();
    for &query in POSTGRES {
        let rows: Vec<(String, String, Option<String>)> = sqlx::query_as(query)
            .fetch_all(&mut *connection)
            .await
            .explain(url, ASKING)?;
        for (object, part, text) in rows {
            catalog.add(object, part, text.unwrap_or_default());
        }
    }
    Ok(catalog)
}

async fn read_sqlite(connection: &mut SqliteConnection, url: &Url) -> Result<Catalog> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(include_str!("sql/sqlite/objects.sql"))
        .fetch_all(&mut *connection)
        .await
        .explain(url, ASKING)?;
    let mut catalog = Catalog::default();
    for (kind, name, table, text) in rows {
        sqlite::add(&mut catalog, &kind, &name, &table, &text);
    }
    let (user_version, application_id): (i64, i64) = sqlx::query_as(include_str!("sql/sqlite/settings.sql"))
        .fetch_one(connection)
        .await
        .explain(url, ASKING)?;
    catalog.add("database", "user_version", user_version.to_string());
    catalog.add("database", "application_id", application_id.to_string());
    Ok(catalog)
}
