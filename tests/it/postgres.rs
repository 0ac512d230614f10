//! A PostgreSQL database for one test, on the server that `PACKWRIGHT_TEST_DATABASE_URL` names.
#![expect(clippy::disallowed_methods, reason = "this is a test")]

use std::env;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

const VARIABLE: &str = "PACKWRIGHT_TEST_DATABASE_URL";

/// A database of its own, dropped with the value.
#[derive(Debug)]
pub struct TestDatabase {
    server: String,
    name: String,
    pub url: String,
}

impl TestDatabase {
    /// A new database, or `None`, said aloud, where there is no server. In CI a missing server is a failure.
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    pub fn new() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = env::var(VARIABLE) else {
            assert!(env::var_os("CI").is_none(), "in CI {VARIABLE} must be set");
            eprintln!("SKIPPED the part on PostgreSQL: {VARIABLE} is not set");
            return None;
        };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("packwright_test_{}_{count}", std::process::id());
        execute(&server, &format!("CREATE DATABASE {name}"));
        Some(Self {
            url: with_database(&server, &name),
            server,
            name,
        })
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        execute(&self.server, &statement);
    }
}

/// The same server with another database.
fn with_database(url: &str, name: &str) -> String {
    let (before, parameters) = url.split_once('?').unwrap_or((url, ""));
    let start = before.find("://").map_or(0, |at| at + 3);
    let server = before[start..]
        .find('/')
        .map_or(before, |at| &before[..start + at]);
    match parameters {
        "" => format!("{server}/{name}"),
        parameters => format!("{server}/{name}?{parameters}"),
    }
}

/// Runs async work of a test.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(work)
}

pub async fn connect(url: &str) -> PgConnection {
    let options: PgConnectOptions = url.parse().expect("a PostgreSQL URL");
    options.connect().await.expect("the test server answers")
}

fn execute(url: &str, statement: &str) {
    block_on(async {
        let mut connection = connect(url).await;
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
        connection.close().await.expect("a goodbye");
    });
}
