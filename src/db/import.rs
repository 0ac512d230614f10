//! `db migrate import`: what another tool applied is recorded as applied here.

use std::collections::BTreeSet;

use crate::failure::{Failure, Result};
use crate::store::{Database, Engine, Explain as _, Url};

use super::baseline::{self, Known};
use super::foreign::{self, Row, Tool};
use super::history::{on, sql};
use super::migrate::{Observer, Report, Request};

type Found = (bool, bool, bool, bool, bool, bool);

/// Records what the history of another tool says. Without `tool` there must be the history of exactly one.
pub async fn import(
    request: Request<'_>,
    tool: Option<Tool>,
    observer: Observer<'_>,
) -> Result<(Tool, Report)> {
    super::migrate::refuse_faults(request.migrations)?;
    let url = request.url;
    let Some(mut database) = Database::look(url).await? else {
        return Err(Failure::user(format!(
            "`{url}` is not there, so nothing can be imported from it"
        )));
    };
    let tool = choose(&mut database, url, tool).await?;
    let rows = read(&mut database, url, tool).await?;
    database.close(url).await?;
    let files: Vec<i64> = request.migrations.list.iter().map(|one| one.version).collect();
    let versions = foreign::applied(tool, &rows, &files)?;
    let known: BTreeSet<i64> = files.into_iter().collect();
    let lost: Vec<String> = versions
        .iter()
        .filter(|version| !known.contains(version))
        .map(i64::to_string)
        .collect();
    if !lost.is_empty() {
        return Err(Failure::user(format!(
            "{} applied versions that have no file here: {}",
            tool.name(),
            lost.join(", ")
        ))
        .hint("bring their files, or name their folder with `--dir FOLDER`"));
    }
    let known = Known::These {
        versions: &versions,
        action: "import",
    };
    Ok((tool, baseline::baseline(request, known, observer).await?))
}

async fn choose(database: &mut Database, url: &Url, tool: Option<Tool>) -> Result<Tool> {
    let engine = database.engine();
    let (schema, dirty, goose, refinery, flyway, supabase): Found = on!(database, connection => {
        sqlx::query_as(sql!(engine, "foreign_tables.sql")).fetch_one(connection).await
    })
    .explain(url, "could not be asked for its tables")?;
    let found: Vec<Tool> = [
        (Tool::Dbmate, schema && !dirty),
        (Tool::GolangMigrate, schema && dirty),
        (Tool::Goose, goose),
        (Tool::Refinery, refinery),
        (Tool::Flyway, flyway),
        (Tool::Supabase, supabase),
    ]
    .into_iter()
    .filter_map(|(tool, is_there)| is_there.then_some(tool))
    .collect();
    match (tool, found.as_slice()) {
        (Some(tool), found) if found.contains(&tool) => Ok(tool),
        (Some(tool), _) => Err(Failure::user(format!("`{url}` has no history of {}", tool.name()))
            .hint("that of sqlx needs no import: it is the one that packwright keeps")),
        (None, [tool]) => Ok(*tool),
        (None, []) => Err(Failure::user(format!("`{url}` has no history of a tool that is known"))
            .hint("known are dbmate, goose, golang-migrate, refinery, Flyway and Supabase; that of sqlx needs no import")
            .hint("to record versions without a history, use `db migrate baseline VERSION`")),
        (None, several) => {
            let names: Vec<&str> = several.iter().map(|tool| tool.name()).collect();
            Err(Failure::user(format!("`{url}` has several histories: {}", names.join(", ")))
                .hint("say which one with `--from TOOL`"))
        }
    }
}

async fn read(database: &mut Database, url: &Url, tool: Tool) -> Result<Vec<Row>> {
    let engine = database.engine();
    let query = match (tool, engine) {
        (Tool::Dbmate, _) => sql!(engine, "foreign_dbmate.sql"),
        (Tool::GolangMigrate, _) => sql!(engine, "foreign_golang_migrate.sql"),
        (Tool::Goose, _) => sql!(engine, "foreign_goose.sql"),
        (Tool::Refinery, _) => sql!(engine, "foreign_refinery.sql"),
        (Tool::Flyway, _) => sql!(engine, "foreign_flyway.sql"),
        (Tool::Supabase, Engine::Postgres) => include_str!("sql/postgres/foreign_supabase.sql"),
        (Tool::Supabase, Engine::Sqlite) => return Ok(Vec::new()),
    };
    on!(database, connection => sqlx::query_as(query).fetch_all(connection).await).explain(
        url,
        &format!("could not be asked for the history of {}", tool.name()),
    )
}
