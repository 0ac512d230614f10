//! The SQL in the source tree.

use std::fs;

use packwright::document::sql::{Dialect, Script};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, SqlSafeStr};

use crate::postgres::{TestDatabase, block_on, connect};
use crate::sandbox::repository;

/// The tables of other tools, whose histories are imported.
const FOREIGN: &str = "
    CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
    CREATE TABLE goose_db_version (id integer PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL);
    CREATE TABLE refinery_schema_history (version integer PRIMARY KEY);
    CREATE TABLE flyway_schema_history (installed_rank integer PRIMARY KEY, version text, type text, success boolean);
";

/// What stands in a statement that is filled in with the names of a table.
const EXAMPLES: &str = "
    CREATE TABLE the_table (the_key integer PRIMARY KEY, the_value text);
";

/// Every `.sql` file of packwright's own is prepared by a real database of its dialect.
#[test]
fn every_own_statement_is_prepared_by_its_database() {
    let files = |dialect: &str| -> Vec<(String, String)> {
        let inside = format!("/sql/{dialect}/");
        let walk = walkdir::WalkDir::new(repository().join("src")).sort_by_file_name();
        let paths = walk.into_iter().map(|entry| entry.unwrap().into_path());
        let mut files: Vec<_> = paths
            .filter(|path| {
                path.to_string_lossy().contains(&inside) && path.extension().is_some_and(|end| end == "sql")
            })
            .map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap()))
            .collect();
        // What makes tables comes first and is run, so that the rest finds them.
        files.sort_by_key(|(path, _)| !path.contains("/create_"));
        assert!(files.len() > 5, "{files:?}");
        files
    };
    let server = TestDatabase::new();
    block_on(async {
        let mut connection = SqliteConnectOptions::new()
            .in_memory(true)
            .connect()
            .await
            .unwrap();
        sqlx::raw_sql(FOREIGN).execute(&mut connection).await.unwrap();
        sqlx::raw_sql(EXAMPLES).execute(&mut connection).await.unwrap();
        for (path, text) in files("sqlite") {
            for statement in statements(&text, Dialect::Sqlite) {
                let prepared = connection
                    .prepare(AssertSqlSafe(statement.as_str()).into_sql_str())
                    .await;
                assert!(prepared.is_ok(), "{path}: {prepared:?}");
                if path.contains("/create_") {
                    sqlx::raw_sql(AssertSqlSafe(statement))
                        .execute(&mut connection)
                        .await
                        .unwrap();
                }
            }
        }
        let Some(server) = &server else { return };
        let mut connection = connect(&server.url).await;
        sqlx::raw_sql(FOREIGN).execute(&mut connection).await.unwrap();
        sqlx::raw_sql(EXAMPLES).execute(&mut connection).await.unwrap();
        for (path, text) in files("postgres") {
            for statement in statements(&text, Dialect::Postgres) {
                let prepared = connection
                    .prepare(AssertSqlSafe(statement.as_str()).into_sql_str())
                    .await;
                assert!(prepared.is_ok(), "{path}: {prepared:?}");
                if path.contains("/create_") {
                    sqlx::raw_sql(AssertSqlSafe(statement))
                        .execute(&mut connection)
                        .await
                        .unwrap();
                }
            }
        }
        connection.close().await.unwrap();
    });
}

fn statements(text: &str, dialect: Dialect) -> Vec<String> {
    let script = Script::read(text, dialect);
    assert!(script.unclosed.is_none() && !script.statements.is_empty());
    let statements = script.statements.iter();
    statements
        .map(|statement| script.text_of(statement).to_owned())
        .collect()
}
