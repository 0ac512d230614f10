//! PostgreSQL: opening a connection, or saying why there is none.

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPoolOptions};

use crate::failure::{Failure, Result};
use crate::io::host;

use super::patience::Patience;
use super::trouble;
use super::url::{Target, Url};

/// Opens a connection. Its application name says which process of which machine it is: `packwright 4711 laptop`.
pub async fn connect(url: &Url) -> Result<PgConnection> {
    match &url.target {
        Target::Server(options) => open(url, options).await,
        Target::Memory | Target::File { .. } => {
            Err(Failure::user(format!("`{url}` is not a PostgreSQL database"))
                .hint("this needs a URL that begins with `postgres://`"))
        }
    }
}

pub(super) async fn open(url: &Url, options: &PgConnectOptions) -> Result<PgConnection> {
    let name = application_name(host::process_id(), &host::name());
    let options = options
        .clone()
        .application_name(&name)
        .disable_statement_logging();
    let Patience { connect, retries, .. } = url.patience;
    let mut repetition = 0;
    let mut connection = loop {
        match tokio::time::timeout(connect, options.connect()).await {
            Ok(Ok(connection)) => break connection,
            Ok(Err(error)) if repetition < retries && trouble::is_passing(&error) => {
                repetition += 1;
                tokio::time::sleep(Patience::pause(repetition, fastrand::f64())).await;
            }
            Ok(Err(error)) => {
                let failure = trouble::connecting(url, &error);
                return Err(match repetition {
                    0 => failure,
                    _ => failure.caused_by(format!("it was tried {} times", repetition + 1)),
                });
            }
            Err(_) => {
                let waited = connect.as_secs_f64();
                return Err(Failure::user(format!("`{url}` did not answer within {waited} s"))
                    .hint("check host and port, and whether a firewall is in the way"));
            }
        }
    };
    if let Some(limit) = url.patience.statement {
        sqlx::query(include_str!("sql/postgres/limit_statements.sql"))
            .bind(limit.as_millis().to_string())
            .execute(&mut connection)
            .await
            .map_err(|error| trouble::connecting(url, &error))?;
    }
    Ok(connection)
}

/// Listens for what is told with `NOTIFY` on a channel. A connection that breaks is opened anew.
pub async fn listen(url: &Url, channel: &str) -> Result<PgListener> {
    let Target::Server(options) = &url.target else {
        return Err(Failure::internal(format!("`{url}` has no channels to listen to")));
    };
    let name = application_name(host::process_id(), &host::name());
    let options = options
        .as_ref()
        .clone()
        .application_name(&name)
        .disable_statement_logging();
    let listening = async {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_with(options)
            .await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(channel).await?;
        Ok(listener)
    };
    listening
        .await
        .map_err(|error: sqlx::Error| trouble::connecting(url, &error))
}

/// At most 63 bytes, the limit of the server.
pub(super) fn application_name(process: u32, host: &str) -> String {
    let mut name = format!("packwright {process} {host}");
    name.truncate(name.floor_char_boundary(63));
    name
}
