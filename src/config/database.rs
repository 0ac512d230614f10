//! `[database]` and `[env.NAME]`: where a database is, and how patiently it is spoken to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DEFAULT_DATABASE_URL;

/// The configured database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:path` or `postgres://…`. `DATABASE_URL` and `--database-url` come first. Keep passwords out of this file.
    pub url: String,
    /// Folder of migration files, relative to this file.
    pub migrations: String,
    /// Folder of the files that `db seed` reads, relative to this file.
    pub seeds: String,
    /// Seconds to wait for another process that migrates the same database.
    pub lock_timeout_seconds: u64,
    /// Milliseconds that a migration on PostgreSQL waits for the lock of a table before it is rolled back and tried again; 0 waits
    /// without end, and everybody else behind it.
    pub table_lock_timeout_ms: u64,
    /// How often it is tried again, after pauses that grow from a quarter of a second to eight seconds.
    pub table_lock_retries: u32,
    /// Seconds that a PostgreSQL server may take to answer.
    pub connect_timeout_seconds: u64,
    /// How often a server is tried again that refuses connections, starts up or has none free, after pauses that grow from a tenth of
    /// a second to two seconds. A wrong password, say, is not tried again.
    pub connect_retries: u32,
    /// Seconds that a statement on PostgreSQL may run, migrations apart; 0 leaves it to the server.
    pub statement_timeout_seconds: u64,
    /// Milliseconds that a statement on SQLite waits for another connection's write to end.
    pub busy_timeout_ms: u64,
    /// URLs of servers that follow the one of `url`. Commands that may read what is a moment old read from one of them, and from the
    /// database itself where none can be had. With `DATABASE_URL`, those of `DATABASE_REPLICA_URLS` are used instead, separated by
    /// spaces.
    pub replica_urls: Vec<String>,
    /// Folder of backups, relative to this file.
    pub backups: String,
    /// Which backups `db backup` keeps when it has made another: those of a time, as in `"30d"`, or so many, as in `"7"`. Without it,
    /// all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_backups: Option<String>,
    /// Folder of `pg_dump` and `pg_restore`. Without it they are looked for on the PATH and where systems usually put them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pg_bin: Option<String>,
}

/// A database with a name, for `--env NAME`. What it leaves out is taken from `[database]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Environment {
    /// `sqlite:path` or `postgres://…`. Keep passwords out of this file: see `url_variable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The environment variable that holds the URL. It comes before `url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_variable: Option<String>,
    /// Folder of migration files, relative to this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migrations: Option<String>,
    /// URLs of servers that follow it, as under `[database]`. Those there do not count here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replica_urls: Vec<String>,
    /// Whether a command that changes the database asks for the name of the environment first. By default only `production` does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protected: Option<bool>,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: DEFAULT_DATABASE_URL.to_owned(),
            migrations: "migrations".to_owned(),
            seeds: "seeds".to_owned(),
            lock_timeout_seconds: 30,
            table_lock_timeout_ms: 4_000,
            table_lock_retries: 8,
            connect_timeout_seconds: 10,
            connect_retries: 3,
            statement_timeout_seconds: 0,
            busy_timeout_ms: 10_000,
            replica_urls: Vec::new(),
            backups: ".packwright/backups".to_owned(),
            keep_backups: None,
            pg_bin: None,
        }
    }
}
