//! The database that a command looks at: which one, and its schema.

use crate::db::schema::{self, Schema, Selection};
use crate::failure::{Failure, Result};
use crate::store::{Database, Url};
use crate::text::printable;

use super::super::Context;
use super::{database_url, environment};

/// Which database.
#[derive(Debug, clap::Args)]
pub struct Live {
    /// The database: `sqlite:path` or `postgres://…`; by default `DATABASE_URL`, then the settings.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// A database of the settings: the one under `[env.NAME]`.
    #[arg(long, value_name = "NAME", conflicts_with = "database_url")]
    env: Option<String>,
    /// Take only what lies in this schema; may be given again. By default all but those that a provider keeps for itself.
    #[arg(long, value_name = "NAME")]
    schema: Vec<String>,
    /// Take only tables and views whose name (`orders`) or full name (`app.orders`) the glob fits; may be given again.
    #[arg(long, value_name = "GLOB")]
    table: Vec<String>,
}

impl Live {
    pub(super) fn url(&self, context: &Context) -> Result<Url> {
        match environment::named(self.env.as_deref(), context)? {
            Some(named) => named.url(context),
            None => database_url(self.database_url.as_deref(), context),
        }
    }

    /// The schema, as far as it is selected.
    pub(super) fn schema(&self, context: &Context) -> Result<Schema> {
        let selection = Selection::new(&self.schema, &self.table)?;
        let url = self.url(context)?;
        let mut schema = context.block_on(async {
            let mut notice = |text: String| context.ui.note(printable(&text));
            read_from(Database::read(&url, &mut notice).await?, &url).await
        })?;
        schema.select(&selection)?;
        Ok(schema)
    }

    /// The selection as it was given, for a line that says how a file was made.
    pub(super) fn selection_given(&self) -> String {
        let schemas = self.schema.iter().map(|name| format!(" --schema {name}"));
        let tables = self.table.iter().map(|glob| format!(" --table '{glob}'"));
        schemas.chain(tables).collect()
    }
}

/// The whole schema of a database that must be there, and of no replica.
pub(super) async fn read(url: &Url) -> Result<Schema> {
    read_from(Database::look(url).await?, url).await
}

async fn read_from(database: Option<Database>, url: &Url) -> Result<Schema> {
    let Some(mut database) = database else {
        return Err(Failure::user(format!("`{url}` is not there"))
            .hint("check the path, or make the database: `packwright db migrate`"));
    };
    let schema = schema::read(&mut database, url).await?;
    database.close(url).await?;
    Ok(schema)
}
