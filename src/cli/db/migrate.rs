//! `db migrate`: which files against which database, and what came of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;

use crate::db::migrate::{Request, renumbered};
use crate::db::migrations::Migrations;
use crate::db::names::Layout;
use crate::db::record::Actor;
use crate::db::run::TableLocks;
use crate::db::{folder, new, squash};
use crate::failure::{Failure, Result};
use crate::io::clock;
use crate::store::Url;
use crate::text::slashed;

use super::super::changes::show_and_apply;
use super::super::{Context, Format, Outcome};
use super::{database_url, environment, folder_of, import, plan, recipe, repair, run, status, verify};

/// `packwright db migrate`
#[derive(Debug, clap::Args)]
pub struct Migrate {
    #[command(subcommand)]
    pub(super) verb: Option<Verb>,

    /// The database: `sqlite:path` or `postgres://…`; by default `DATABASE_URL`, then the settings.
    #[arg(long, global = true, value_name = "URL", hide_env_values = true)]
    pub(super) database_url: Option<String>,

    /// A database of the settings: the one under `[env.NAME]`.
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "database_url")]
    pub(super) env: Option<String>,

    /// The name of a protected environment, typed once more, so that scripts may change it.
    #[arg(long, global = true, value_name = "NAME", requires = "env")]
    pub(super) confirm: Option<String>,

    /// Folder of the migration files; by default that of the settings, or `supabase/migrations`.
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(super) dir: Option<PathBuf>,

    /// How long to wait for another run on the same database.
    #[arg(long, global = true, value_name = "SECONDS")]
    pub(super) lock_timeout: Option<u64>,

    /// Show what would be done and change nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
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
pub(super) struct Up {
    /// The last version to apply.
    #[arg(long, value_name = "VERSION")]
    pub(super) to: Option<i64>,
    /// Apply a pending version even where a later one is applied.
    #[arg(long)]
    pub(super) allow_out_of_order: bool,
    /// Show what would be applied and change nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Down {
    /// Undo every version above this one; 0 undoes all.
    #[arg(long, value_name = "VERSION", conflicts_with = "steps")]
    pub(super) to: Option<i64>,
    /// Undo this many versions.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub(super) steps: usize,
    /// Show what would be undone and change nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Baseline {
    /// The last version that the database has.
    #[arg(value_name = "VERSION")]
    pub(super) version: i64,
    /// Show what would be recorded and change nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Squash {
    /// The last version to squash; all without it.
    #[arg(long, value_name = "VERSION")]
    pub(super) to: Option<i64>,
    /// Name of the new migration.
    #[arg(long, default_value = "squashed")]
    pub(super) name: String,
    /// Make the scratch databases beside this one instead, for example on a server in a container.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    pub(super) scratch_url: Option<String>,
    /// Prove it, show what would be written, and write nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Renumber {
    /// Pending versions to renumber; by default those that come too late.
    #[arg(value_name = "VERSION")]
    pub(super) versions: Vec<i64>,
    /// Show what would be renamed and change nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct New {
    /// What changes, in a few words: `add users`.
    #[arg(value_name = "NAME", required_unless_present = "recipe")]
    pub(super) name: Vec<String>,
    /// Write the migrations of this recipe (see `packwright db recipe list`).
    #[arg(long, value_name = "RECIPE")]
    pub(super) recipe: Option<String>,
    /// A parameter of the recipe.
    #[arg(long, value_name = "NAME=VALUE", requires = "recipe")]
    pub(super) set: Vec<String>,
    /// One file, without a way back.
    #[arg(long)]
    pub(super) simple: bool,
    /// Show what would be written and write nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

pub(super) fn migrate(arguments: &Migrate, context: &Context) -> Result<Outcome> {
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

pub(super) fn read_migrations(folder: &Path) -> Result<Migrations> {
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
pub(super) struct Place {
    pub(super) url: Url,
    pub(super) folder: PathBuf,
    pub(super) migrations: Migrations,
    pub(super) patience: Duration,
    pub(super) table_locks: TableLocks,
    pub(super) actor: Actor,
    /// The environment of `--env` that asks for its name before it is changed.
    pub(super) protected: Option<String>,
}

impl Place {
    /// The folder of the files.
    pub(super) fn folder(arguments: &Migrate, context: &Context) -> Result<PathBuf> {
        folder_of(arguments.env.as_deref(), arguments.dir.as_deref(), context)
    }

    pub(super) fn of(arguments: &Migrate, context: &Context) -> Result<Self> {
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

    pub(super) fn request(&self) -> Request<'_> {
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
    pub(super) fn ask_leave(&self, arguments: &Migrate, context: &Context) -> Result<()> {
        match &self.protected {
            Some(name) => environment::ask_leave(name, arguments.confirm.as_deref(), context),
            None => Ok(()),
        }
    }
}

fn renumber(arguments: &Migrate, verb: &Renumber, context: &Context) -> Result<()> {
    let place = Place::of(arguments, context)?;
    let (standings_of, dry_run) = (place.request(), arguments.dry_run || verb.dry_run);
    let set = context.block_on(renumbered(
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
