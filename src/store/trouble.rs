//! Why a database would not: the errors of SQLite and PostgreSQL in plain words, with what to do.

use sqlx::postgres::PgDatabaseError;

use crate::failure::{Failure, Result};

use super::url::Url;

/// The failure of opening `url`.
pub(super) fn connecting(url: &Url, error: &sqlx::Error) -> Failure {
    explain(url, "cannot be opened", error)
}

/// The failure of work on `url`; `what` completes the sentence "`url` …".
pub fn explain(url: &Url, what: &str, error: &sqlx::Error) -> Failure {
    let mut failure = Failure::user(format!("`{url}` {what}")).caused_by(message_of(error));
    if let Some(remedy) = remedy(error) {
        failure = failure.hint(remedy);
    }
    failure
}

/// What the database said, without the driver's words around it.
pub fn message_of(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(inner) => {
            let mut words = inner.message().to_owned();
            if let Some(server) = inner.try_downcast_ref::<PgDatabaseError>() {
                for more in [server.detail(), server.hint()].into_iter().flatten() {
                    words.push_str("; ");
                    words.push_str(more);
                }
            }
            words
        }
        sqlx::Error::Io(inner) => inner.to_string(),
        sqlx::Error::Tls(inner) | sqlx::Error::Configuration(inner) => inner.to_string(),
        other => other.to_string(),
    }
}

/// Whether SQLite says that another connection is in the way.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(sqlite_code(error), Some(5 | 6))
}

/// Whether a server may well be there in a moment: it starts up, changes roles, or has no free connection now.
pub(super) fn is_passing(error: &sqlx::Error) -> bool {
    use std::io::ErrorKind;
    match error {
        sqlx::Error::Io(inner) => matches!(
            inner.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
                | ErrorKind::TimedOut
        ),
        // cannot_connect_now, too_many_connections, admin_shutdown, crash_shutdown, connection_failure
        _ => matches!(
            sqlstate(error),
            Some("57P03" | "53300" | "57P01" | "57P02" | "08006")
        ),
    }
}

/// SQLSTATE of an error of PostgreSQL.
pub fn sqlstate(error: &sqlx::Error) -> Option<&str> {
    let server = error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?;
    Some(server.code())
}

/// Primary result code of an error of SQLite (<https://www.sqlite.org/rescode.html>).
fn sqlite_code(error: &sqlx::Error) -> Option<i32> {
    let inner = error
        .as_database_error()?
        .try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    let code: i32 = sqlx::error::DatabaseError::code(inner)?.parse().ok()?;
    Some(code & 0xff)
}

/// What can be done about an error, where that is known.
pub fn remedy(error: &sqlx::Error) -> Option<&'static str> {
    if let Some(code) = sqlite_code(error) {
        return Some(match code {
            5 | 6 => "another program is writing to it: end that program, or try again",
            8 => "the file, its folder or the URL's `mode` allows only reading",
            10 | 13 => "check the disk: it may be full or failing",
            11 => "the file is damaged: restore it from a backup",
            14 => "check that the path is right and that its folder may be written to",
            26 => "the file is there but is not a SQLite database: check the path",
            _ => return None,
        });
    }
    if let Some(state) = sqlstate(error) {
        return Some(match state {
            "28P01" | "28000" => "check user and password in the URL (or `PGPASSWORD`, `~/.pgpass`)",
            "3D000" => "create the database first, or check its name in the URL",
            "42501" => "the user of the URL lacks this right: grant it, or use another user",
            "53300" => "the server has no free connection: close some, or raise `max_connections`",
            "57014" => {
                "it ran longer than `statement_timeout_seconds` under `[database]`, or the server's own limit: raise it"
            }
            "57P03" => "the server is starting up or shutting down: try again",
            "42P05" | "26000" => {
                "a pooler in transaction mode mixes up sessions: use the server's own port, or one of the pooler's in session mode"
            }
            "25006" => "the server is read-only (a replica?): use the primary",
            _ => return None,
        });
    }
    match error {
        sqlx::Error::Io(_) => Some("check host and port, and whether the server is running"),
        sqlx::Error::Tls(_) => Some("check `sslmode` and `sslrootcert` in the URL"),
        _ => None,
    }
}

/// `?` for results of the driver, where a failure has no better name.
pub trait Explain<T> {
    /// See [`explain`].
    fn explain(self, url: &Url, what: &str) -> Result<T>;
}

impl<T> Explain<T> for Result<T, sqlx::Error> {
    fn explain(self, url: &Url, what: &str) -> Result<T> {
        self.map_err(|error| explain(url, what, &error))
    }
}
