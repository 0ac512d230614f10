//! A pooler in transaction mode between us and the server: `PgBouncer`, Supavisor, Neon's.
//!
//! It hands every transaction to whichever server process is free, so that a session-level lock or setting is left behind in a
//! process that others get next. It does not say that it is there, but it gives itself away: while a second connection holds a
//! transaction open, either that one runs in the process that the first was just in, or the first finds itself in another.

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};

use crate::failure::{Failure, Result};

use super::postgres;
use super::trouble::Explain as _;
use super::url::{Target, Url};

/// Fails when `connection` goes through a pooler in transaction mode.
pub(super) async fn refuse(connection: &mut PgConnection, url: &Url) -> Result<()> {
    let Target::Server(options) = &url.target else {
        return Ok(());
    };
    let before = backend(connection, url, include_str!("sql/postgres/backend.sql")).await?;
    // A server that has no second connection to give is not a pooler's doing.
    let Ok(mut second) = postgres::open(url, options).await else {
        return Ok(());
    };
    let held = backend(&mut second, url, include_str!("sql/postgres/hold_backend.sql")).await?;
    let after = backend(connection, url, include_str!("sql/postgres/backend.sql")).await?;
    let _ = second.close().await;
    if before == after && before != held {
        return Ok(());
    }
    Err(Failure::user(format!(
        "`{url}` goes through a pooler in transaction mode, where no lock and no setting lasts longer than a transaction"
    ))
    .hint(remedy(options.get_host(), options.get_port())))
}

/// Asked without a prepared statement, which such a pooler may not know.
async fn backend(connection: &mut PgConnection, url: &Url, query: &'static str) -> Result<i32> {
    let asked = "could not be asked for its process";
    let row = sqlx::raw_sql(query)
        .fetch_one(connection)
        .await
        .explain(url, asked)?;
    row.try_get(0).explain(url, asked)
}

fn remedy(host: &str, port: u16) -> String {
    let first = host.split('.').next().unwrap_or(host);
    if host.ends_with(".pooler.supabase.com") && port == 6543 {
        return "use port 5432 of the same host, which keeps a session, or the database's own host"
            .to_owned();
    }
    if host.ends_with(".neon.tech")
        && let Some(direct) = first.strip_suffix("-pooler")
    {
        return format!("use the direct host: `{direct}{}`", &host[first.len()..]);
    }
    "use the server's own port, or one of the pooler's in session mode".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_told_their_own_way_round() {
        assert!(remedy("aws-0-eu.pooler.supabase.com", 6543).contains("port 5432"));
        assert_eq!(
            remedy("ep-x-pooler.eu.aws.neon.tech", 5432),
            "use the direct host: `ep-x.eu.aws.neon.tech`"
        );
        assert!(remedy("localhost", 6432).contains("session mode"));
    }
}
