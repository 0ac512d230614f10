//! `db migrate`: which files against which database, and what came of it.

pub(super) mod answer;
pub(super) mod copy;
pub(super) mod backup;
mod environment;
pub(super) mod erd;
pub(super) mod history;
mod import;
mod live;
mod made;
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
use crate::db::migrate::{self, Request};
use crate::db::migrations::Migrations;
use crate::db::names::Layout;
use crate::db::record::Actor;
use crate::db::run::TableLocks;
use crate::db::{folder, new, squash};
use crate::failure::{Failure, Result};
use crate::io::{clock, files};
use crate::store::Url;
use crate::text::slashed;

use super::changes::show_and_apply;
use super::{Context, Format, Outcome};

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

/// `packwright db migrate`
#[derive(Debug, clap::Args)]
pub struct Migrate {
    #[command(subcommand)]
    verb: Option<Verb>,

    /// The database: `sqlite:path` or `postgres://…`; by default `DATABASE_URL`, then the settings.
    #[arg(long, global = true, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,

    /// A database of the settings: the one under `[env.NAME]`.
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "database_url")]
    env: Option<String>,

    /// The name of a protected environment, typed once more, so that scripts may change it.
    #[arg(long, global = true, value_name = "NAME", requires = "env")]
    confirm: Option<String>,

    /// Folder of the migration files; by default that of the settings, or `supabase/migrations`.
    #[arg(long, global = true, value_name = "FOLDER")]
    dir: Option<PathBuf>,

    /// How long to wait for another run on the same database.
    #[arg(long, global = true, value_name = "SECONDS")]
    lock_timeout: Option<u64>,

    /// Show what would be done and change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Apply what is pending; `db migrate` alone does the same.
    Up(Up),
    /// Undo what is applied, newest first: one version, unless told otherwise.
    Down(Down),
    /// Undo what is applied and apply it again: one version, unless told otherwise.
    Redo(Down),
    /// Show every version and how it stands.
    Status,
    /// Write the files of a new migration.
    New(New),
    /// Show what `up` would do; with `--execute` run it where it does no harm and tell what each migration does.
    ///
    /// Told are the time, the rows that were touched, the tables that were rewritten and, on PostgreSQL, the locks that were taken,
    /// with the line that took them and who waits for them. In a scratch database the tables are empty; in a transaction the real
    /// rows are there, and the real locks are held until it is rolled back. Exit code 1 when a migration fails.
    Plan(plan::Arguments),
    /// Check that files, history and schema agree, and that what can be undone restores the schema.
    ///
    /// Holds the files against the history of the database. Then runs all of them in a scratch database, those with a way back up,
    /// down and up again, and compares the schema after each way; at last compares the schema of the database with what its applied
    /// files make. The scratch database is a temporary file, or on PostgreSQL a database made on the same server and dropped
    /// afterwards. Exit code 1 when something is wrong.
    Verify(verify::Arguments),
    /// Put the history right where a file was edited or a run stopped half way. The schema is not touched.
    ///
    /// Shows what changed in an edited file since it was applied and records its present text, after a question or with `--yes`. Files
    /// in which only comments changed are repaired together; one whose statements changed must be named. With `--done` a version that
    /// stopped half way is recorded as applied, with `--forget` it is taken out of the history, as is one whose file is gone. Every
    /// repair is logged: see `db history`.
    Repair(repair::Arguments),
    /// Record versions as applied without running them: for a database that has them already.
    ///
    /// Afterwards `db migrate verify` compares the schema of the database with what the files make.
    Baseline(Baseline),
    /// Take over from dbmate, goose, golang-migrate, refinery, Flyway or the Supabase CLI.
    ///
    /// Files that hold both ways (dbmate, goose) or have other names (Flyway, refinery) are converted first. Then what the history of
    /// the other tool says is applied is recorded as applied here; nothing is run, and the other history stays as it is. That of
    /// sqlx needs no import: it is the one that packwright keeps.
    Import(import::Arguments),
    /// Give files that come too late, because a later version is applied, versions of their own above it.
    Renumber(Renumber),
    /// Make one migration of many, proved to make the same schema.
    ///
    /// Keeps every statement, those that change rows too. The files as they are and the one that replaces them are run in scratch
    /// databases, and nothing is written unless both make the same, grants, policies and comments included. A database that has the
    /// old versions keeps their rows: the command says how to put its history right.
    Squash(Squash),
}

#[derive(Debug, Default, clap::Args)]
struct Up {
    /// The last version to apply.
    #[arg(long, value_name = "VERSION")]
    to: Option<i64>,
    /// Apply a pending version even where a later one is applied.
    #[arg(long)]
    allow_out_of_order: bool,
    /// Show what would be applied and change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct Down {
    /// Undo every version above this one; 0 undoes all.
    #[arg(long, value_name = "VERSION", conflicts_with = "steps")]
    to: Option<i64>,
    /// Undo this many versions.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    steps: usize,
    /// Show what would be undone and change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct Baseline {
    /// The last version that the database has.
    #[arg(value_name = "VERSION")]
    version: i64,
    /// Show what would be recorded and change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct Squash {
    /// The last version to squash; all without it.
    #[arg(long, value_name = "VERSION")]
    to: Option<i64>,
    /// Name of the new migration.
    #[arg(long, default_value = "squashed")]
    name: String,
    /// Make the scratch databases beside this one instead, for example on a server in a container.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    scratch_url: Option<String>,
    /// Prove it, show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct Renumber {
    /// Pending versions to renumber; by default those that come too late.
    #[arg(value_name = "VERSION")]
    versions: Vec<i64>,
    /// Show what would be renamed and change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct New {
    /// What changes, in a few words: `add users`.
    #[arg(value_name = "NAME", required_unless_present = "recipe")]
    name: Vec<String>,
    /// Write the migrations of this recipe (see `packwright db recipe list`).
    #[arg(long, value_name = "RECIPE")]
    recipe: Option<String>,
    /// A parameter of the recipe.
    #[arg(long, value_name = "NAME=VALUE", requires = "recipe")]
    set: Vec<String>,
    /// One file, without a way back.
    #[arg(long)]
    simple: bool,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub fn run(command: &Command, context: &Context) -> Result<Outcome> {
    let arguments = match command {
        Command::Migrate(arguments) => arguments,
        Command::Backup(arguments) => return backup::backup(arguments, context).map(|()| Outcome::Clean),
        Command::VerifyBackup(arguments) => return verify_backup::verify_backup(arguments, context),
        Command::Restore(arguments) => return restore::restore(arguments, context),
        Command::History(arguments) => return history::history(arguments, context).map(|()| Outcome::Clean),
        Command::Recipe(command) => return recipe::run(command, context).map(|()| Outcome::Clean),
        Command::Seed(arguments) => return seed::seed(arguments, context).map(|()| Outcome::Clean),
        Command::Copy(arguments) => return copy::copy(arguments, context).map(|()| Outcome::Clean),
        Command::Erd(arguments) => return erd::erd(arguments, context),
        Command::Types(arguments) => return types::types(arguments, context),
    };
    let everything = Verb::Up(Up::default());
    match arguments.verb.as_ref().unwrap_or(&everything) {
        Verb::Up(verb) => run::up(arguments, verb, context),
        Verb::Down(verb) => run::down(arguments, verb, context),
        Verb::Redo(verb) => run::redo(arguments, verb, context),
        Verb::Baseline(verb) => run::baseline(arguments, verb, context),
        Verb::Import(verb) => import::import(arguments, verb, context),
        Verb::Squash(verb) => squash(arguments, verb, context),
        Verb::Renumber(verb) => renumber(arguments, verb, context),
        Verb::Repair(verb) => return repair::repair(arguments, verb, context),
        Verb::Status => status::status(arguments, context),
        Verb::New(verb) => new(arguments, verb, context),
        Verb::Plan(verb) => return plan::plan(arguments, verb, context),
        Verb::Verify(verb) => return verify::verify(arguments, verb, context),
    }
    .map(|()| Outcome::Clean)
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

fn read_migrations(folder: &Path) -> Result<Migrations> {
    folder::read(folder)?.ok_or_else(|| {
        Failure::user(format!("there are no migrations: `{}` is not there", slashed(folder)))
            .hint("begin with `packwright db migrate new NAME`")
            .hint("or say where they are with `--dir FOLDER`, or `migrations` under `[database]` in packwright.toml")
    })
}

fn patience(arguments: &Migrate, context: &Context) -> Result<Duration> {
    let configured = context.project()?.settings.database.lock_timeout_seconds;
    Ok(Duration::from_secs(arguments.lock_timeout.unwrap_or(configured)))
}

/// Which files against which database, with how much patience.
struct Place {
    url: Url,
    folder: PathBuf,
    migrations: Migrations,
    patience: Duration,
    table_locks: TableLocks,
    actor: Actor,
    /// The environment of `--env` that asks for its name before it is changed.
    protected: Option<String>,
}

impl Place {
    /// The folder of the files.
    fn folder(arguments: &Migrate, context: &Context) -> Result<PathBuf> {
        folder_of(arguments.env.as_deref(), arguments.dir.as_deref(), context)
    }

    fn of(arguments: &Migrate, context: &Context) -> Result<Self> {
        let named = environment::named(arguments.env.as_deref(), context)?;
        let folder = Self::folder(arguments, context)?;
        let settings = &context.project()?.settings.database;
        Ok(Self {
            url: match &named {
                Some(named) => named.url(context)?,
                None => database_url(arguments.database_url.as_deref(), context)?,
            }
            .unhurried(),
            migrations: read_migrations(&folder)?,
            folder,
            patience: patience(arguments, context)?,
            table_locks: TableLocks {
                timeout: Duration::from_millis(settings.table_lock_timeout_ms),
                retries: settings.table_lock_retries,
            },
            actor: environment::actor(context),
            protected: named.and_then(environment::Named::protected),
        })
    }

    fn request(&self) -> Request<'_> {
        Request {
            url: &self.url,
            migrations: &self.migrations,
            patience: self.patience,
            dry_run: false,
            actor: &self.actor,
            table_locks: self.table_locks,
        }
    }

    /// Asks for the name of a protected environment before it is changed.
    fn ask_leave(&self, arguments: &Migrate, context: &Context) -> Result<()> {
        match &self.protected {
            Some(name) => environment::ask_leave(name, arguments.confirm.as_deref(), context),
            None => Ok(()),
        }
    }
}

fn renumber(arguments: &Migrate, verb: &Renumber, context: &Context) -> Result<()> {
    let place = Place::of(arguments, context)?;
    let (standings_of, dry_run) = (place.request(), arguments.dry_run || verb.dry_run);
    let set = context.block_on(migrate::renumbered(
        standings_of,
        &place.folder,
        &verb.versions,
        &clock::compact_timestamp(),
    ))?;
    if set.is_empty() && context.format == Format::Human {
        return context
            .ui
            .print("nothing comes too late: every pending version is above the applied ones");
    }
    show_and_apply(context, &set, dry_run)
}

fn squash(arguments: &Migrate, verb: &Squash, context: &Context) -> Result<()> {
    let place = Place::of(arguments, context)?;
    let scratch = verify::scratch_url(verb.scratch_url.as_deref())?;
    let squashed = context.block_on(squash::squash(
        place.request(),
        &place.folder,
        verb.to,
        &verb.name,
        scratch.as_ref(),
    ))?;
    show_and_apply(context, &squashed.set, arguments.dry_run || verb.dry_run)?;
    let into = squashed.into;
    let gone = squashed.versions.iter().filter(|version| **version != into);
    let gone: Vec<String> = gone.map(i64::to_string).collect();
    context.ui.note(format_args!(
        "where version {into} is applied already, run `db migrate repair {} --forget` and `db migrate repair {into}`; where it is not, but some of the others are, apply the old files first",
        gone.join(" ")
    ));
    Ok(())
}

fn new(arguments: &Migrate, verb: &New, context: &Context) -> Result<()> {
    if let Some(name) = &verb.recipe {
        return recipe::new(arguments, verb, name, context);
    }
    let folder = Place::folder(arguments, context)?;
    let migrations = folder::read(&folder)?;
    let set = new::files(
        &folder,
        Layout::of_folder(&slashed(&folder)),
        migrations.as_ref().and_then(Migrations::newest),
        &verb.name.join(" "),
        verb.simple,
        &clock::compact_timestamp(),
    )?;
    show_and_apply(context, &set, arguments.dry_run || verb.dry_run)
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
