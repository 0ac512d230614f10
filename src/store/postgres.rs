//! PostgreSQL: opening a connection, or saying why there is none.

use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use crate::failure::{Failure, Result};
use crate::io::host;

use super::trouble;
use super::url::{Target, Url};

/// How long a server may take to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens a connection. Its application name says which process of which machine it is: `packwright 4711 laptop`.
pub async fn connect(url: &Url) -> Result<PgConnection> {
    match &url.0 {
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
    match tokio::time::timeout(CONNECT_TIMEOUT, options.connect()).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(trouble::connecting(url, &error)),
        Err(_) => Err(Failure::user(format!(
            "`{url}` did not answer within {} s",
            CONNECT_TIMEOUT.as_secs()
        ))
        .hint("check host and port, and whether a firewall is in the way")),
    }
}

/// At most 63 bytes, the limit of the server.
pub(super) fn application_name(process: u32, host: &str) -> String {
    let mut name = format!("packwright {process} {host}");
    name.truncate(name.floor_char_boundary(63));
    name
}
