//! `db`: the database of the project; which one it is, and a file for each subcommand.

pub(super) mod answer;
pub(super) mod backup;
pub(super) mod copy;
mod environment;
pub(super) mod erd;
pub(super) mod history;
mod import;
mod live;
mod made;
mod migrate;
mod plan;
pub(super) mod plan_answer;
pub(super) mod recipe;
pub(super) mod repair;
pub(super) mod restore;
mod run;
pub(super) mod seed;
mod status;
pub(super) mod types;
mod verify;
pub(super) mod verify_backup;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;

use crate::config;
use crate::failure::Result;
use crate::io::files;
use crate::store::Url;

use super::{Context, Outcome};

use migrate::Migrate;

const NIGHTLY: &str = "\
To have it done every night, let a job do it. In packwright.toml:

  [jobs.handlers]
  backup = [\"packwright\", \"db\", \"backup\", \"--keep\", \"30d\"]

Then, with a worker (`packwright jobs work`) running:

  packwright jobs schedule add nightly \"30 3 * * *\" backup";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the database to the state that the migration files describe: apply what is pending.
    Migrate(Migrate),
    /// Take a backup of the database, consistent however much is written meanwhile, and remove old ones.
    ///
    /// A backup is a folder: a copy of the pages (SQLite) or an archive of `pg_dump` (PostgreSQL), the catalog, and a manifest with
    /// sizes, SHA-256 digests and the rows of each table. A SQLite copy is checked with `PRAGMA integrity_check`. A run that is
    /// interrupted or killed leaves nothing that looks like a backup.
    #[command(after_long_help = NIGHTLY)]
    Backup(backup::Arguments),
    /// Check that a backup is whole: its digests, sizes and files, that it can be read, and its rows.
    ///
    /// Exit code 1 when something is not as the manifest says.
    VerifyBackup(verify_backup::Arguments),
    /// Restore a backup into the database, or with `--drill` into a scratch database.
    ///
    /// The backup is checked first, and the result is compared with its manifest. The database is afterwards what the backup says, or
    /// what it was before: PostgreSQL restores within one transaction, SQLite writes all pages in one. Programs may stay connected;
    /// they see the old rows or the new. A database that is not empty is replaced only with `--confirm NAME`.
    Restore(restore::Arguments),
    /// Show what was done to the database: when, by whom, on which machine, with which version, and how it ended.
    History(history::Arguments),
    /// Write migrations that experts write again and again: search, queues, audit logs, tenants, …
    #[command(subcommand)]
    Recipe(recipe::Command),
    /// Put rows from YAML, JSON or CSV into tables: those that are missing are inserted, those that differ updated.
    ///
    /// CSV: the file is named like its table (`01_users.csv` is `users`), and its first line names the columns. An empty field is null, `""`
    /// an empty string. YAML and JSON: a map from tables to lists of rows, or a list of rows in a file named like its table.
    ///
    /// A row is known by the primary key, or by the one unique key that the file has; it is inserted where it is missing and updated where
    /// it differs. Columns that the file leaves out keep what they have. Tables are filled in the order of their foreign keys, all in
    /// one transaction: a second run changes nothing, and a fault leaves everything as it was.
    Seed(seed::Arguments),
    /// Copy the rows of one database into another of the same engine, and compare them.
    ///
    /// All is read in one snapshot of the source. A run that was broken off is gone on with by the same command; at the end every
    /// table is held against the snapshot of the last run, and one that has changed since is copied anew. A target that has rows is
    /// refused without `--confirm NAME`, where NAME is that of the target. packwright's own tables, and the histories of migration
    /// tools, are not copied.
    Copy(copy::Arguments),
    /// Draw the live schema: Mermaid, Graphviz, or one HTML page.
    Erd(erd::Arguments),
    /// Write the types of the live schema: TypeScript, Rust or Python.
    Types(types::Arguments),
}

pub fn run(command: &Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::Migrate(arguments) => migrate::migrate(arguments, context),
        Command::Backup(arguments) => backup::backup(arguments, context).map(|()| Outcome::Clean),
        Command::VerifyBackup(arguments) => verify_backup::verify_backup(arguments, context),
        Command::Restore(arguments) => restore::restore(arguments, context),
        Command::History(arguments) => history::history(arguments, context).map(|()| Outcome::Clean),
        Command::Recipe(command) => recipe::run(command, context).map(|()| Outcome::Clean),
        Command::Seed(arguments) => seed::seed(arguments, context).map(|()| Outcome::Clean),
        Command::Copy(arguments) => copy::copy(arguments, context).map(|()| Outcome::Clean),
        Command::Erd(arguments) => erd::erd(arguments, context),
        Command::Types(arguments) => types::types(arguments, context),
    }
}

/// The database: flag, then `DATABASE_URL`, then the settings, whose paths stand in the folder of the settings.
pub fn database_url(flag: Option<&str>, context: &Context) -> Result<Url> {
    let project = context.project()?;
    let settings = &project.settings.database;
    let patience = environment::patience(settings);
    if let Some(text) = flag {
        return Url::parse(text)
            .map(|url| url.with_patience(patience))
            .map_err(|failure| failure.during("`--database-url` cannot be used"));
    }
    // Replicas come from where the URL comes from: those of another database would answer with another's rows.
    if let Some(text) = context.environment.get("DATABASE_URL") {
        let url = Url::parse(text)
            .map_err(|failure| failure.during("the variable `DATABASE_URL` cannot be used"))?;
        let replicas = context
            .environment
            .get("DATABASE_REPLICA_URLS")
            .unwrap_or_default();
        let replicas = environment::replicas(
            replicas.split_whitespace(),
            "the variable `DATABASE_REPLICA_URLS`",
        )?;
        return Ok(url.with_patience(patience).with_replicas(replicas));
    }
    let url = Url::parse(&settings.url).map_err(|failure| {
        failure.during(format!(
            "`database.url` of `{}` cannot be used",
            config::FILE_NAME
        ))
    })?;
    let place = format!("`database.replica_urls` of `{}`", config::FILE_NAME);
    let replicas = environment::replicas(settings.replica_urls.iter().map(String::as_str), &place)?;
    Ok(url
        .relative_to(&project.root)
        .with_patience(patience)
        .with_replicas(replicas))
}

/// The folder: flag, then settings; where these say nothing special, the one of the two usual folders that is there.
fn migrations_folder(flag: Option<&Path>, context: &Context) -> Result<PathBuf> {
    if let Some(folder) = flag {
        return Ok(folder.to_path_buf());
    }
    let project = context.project()?;
    let configured = &project.settings.database.migrations;
    let folder = project.path(configured);
    let supabase = project.path("supabase/migrations");
    let says_nothing = *configured == config::Database::default().migrations;
    Ok(
        if says_nothing && !files::exists(&folder) && files::is_folder(&supabase) {
            supabase
        } else {
            folder
        },
    )
}

/// The folder of an environment: flag, then its own, then that of every other.
fn folder_of(env: Option<&str>, flag: Option<&Path>, context: &Context) -> Result<PathBuf> {
    let named = environment::named(env, context)?;
    let folder = match &named {
        Some(named) if flag.is_none() => named.migrations(context)?,
        _ => None,
    };
    match folder {
        Some(folder) => Ok(folder),
        None => migrations_folder(flag, context),
    }
}

/// The database of a command: that of an environment, or flag, variable and settings.
fn url_of(env: Option<&str>, flag: Option<&str>, context: &Context) -> Result<Url> {
    match environment::named(env, context)? {
        Some(named) => named.url(context),
        None => database_url(flag, context),
    }
}

/// `0.4 ms`, `12 ms`, `3.4 s`, `2 min 5 s`.
fn time(time: Duration) -> String {
    match time.as_secs() {
        0 if time.as_millis() < 10 => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        0 => format!("{} ms", time.as_millis()),
        1..120 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
