//! `db migrate`: which files against which database, and what came of it.

pub(super) mod answer;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;

use crate::config;
use crate::db::migrate::{self, Change, Event, Report, Request};
use crate::db::migrations::Migrations;
use crate::db::names::Layout;
use crate::db::plan::{DownTo, UpTo};
use crate::db::standing::State;
use crate::db::status::{self, Overview, Version};
use crate::db::{folder, new};
use crate::failure::{Failure, Kind, Result};
use crate::io::{clock, files};
use crate::store::Url;
use crate::text::{printable, slashed};

use super::changes::{counted, show_and_apply};
use super::ui::{BAD, DIM, GOOD, Progress, WARN, styled};
use super::{Context, Format, Outcome};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the database to the state that the migration files describe: apply what is pending.
    Migrate(Migrate),
}

/// `packwright db migrate`
#[derive(Debug, clap::Args)]
pub struct Migrate {
    #[command(subcommand)]
    verb: Option<Verb>,

    /// The database: `sqlite:path` or `postgres://…`; by default `DATABASE_URL`, then the settings.
    #[arg(long, global = true, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,

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
    /// Show every version and how it stands.
    Status,
    /// Write the files of a new migration.
    New(New),
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
struct New {
    /// What changes, in a few words: `add users`.
    #[arg(value_name = "NAME", required = true)]
    name: Vec<String>,
    /// One file, without a way back.
    #[arg(long)]
    simple: bool,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub fn run(command: &Command, context: &Context) -> Result<Outcome> {
    let Command::Migrate(arguments) = command;
    let everything = Verb::Up(Up::default());
    match arguments.verb.as_ref().unwrap_or(&everything) {
        Verb::Up(verb) => up(arguments, verb, context)?,
        Verb::Down(verb) => down(arguments, verb, context)?,
        Verb::Status => status(arguments, context)?,
        Verb::New(verb) => new(arguments, verb, context)?,
    }
    Ok(Outcome::Clean)
}

/// The database: flag, then `DATABASE_URL`, then the settings, whose paths stand in the folder of the settings.
pub fn database_url(flag: Option<&str>, context: &Context) -> Result<Url> {
    if let Some(text) = flag {
        return Url::parse(text).map_err(|failure| failure.during("`--database-url` cannot be used"));
    }
    if let Some(text) = context.environment.get("DATABASE_URL") {
        return Url::parse(text)
            .map_err(|failure| failure.during("the variable `DATABASE_URL` cannot be used"));
    }
    let project = context.project()?;
    let url = Url::parse(&project.settings.database.url).map_err(|failure| {
        failure.during(format!(
            "`database.url` of `{}` cannot be used",
            config::FILE_NAME
        ))
    })?;
    Ok(url.relative_to(&project.root))
}

/// The folder: flag, then settings; where these say nothing special, the one of the two usual folders that is there.
fn migrations_folder(arguments: &Migrate, context: &Context) -> Result<PathBuf> {
    if let Some(folder) = &arguments.dir {
        return Ok(folder.clone());
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

fn up(arguments: &Migrate, verb: &Up, context: &Context) -> Result<()> {
    let to = UpTo {
        version: verb.to,
        allow_out_of_order: verb.allow_out_of_order,
    };
    let dry_run = arguments.dry_run || verb.dry_run;
    work(arguments, context, Direction::Up, dry_run, |request, observer| {
        context.block_on(migrate::up(request, to, observer))
    })
}

fn down(arguments: &Migrate, verb: &Down, context: &Context) -> Result<()> {
    let target = verb.to.map_or(DownTo::Steps(verb.steps), DownTo::Version);
    let dry_run = arguments.dry_run || verb.dry_run;
    work(
        arguments,
        context,
        Direction::Down,
        dry_run,
        |request, observer| context.block_on(migrate::down(request, target, observer)),
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// What `up` and `down` share: the request, the lines that tell what happens, the answer.
fn work(
    arguments: &Migrate,
    context: &Context,
    direction: Direction,
    dry_run: bool,
    run: impl FnOnce(Request<'_>, migrate::Observer<'_>) -> Result<Report>,
) -> Result<()> {
    let url = database_url(arguments.database_url.as_deref(), context)?;
    let folder = migrations_folder(arguments, context)?;
    let migrations = read_migrations(&folder)?;
    let request = Request {
        url: &url,
        migrations: &migrations,
        patience: patience(arguments, context)?,
        dry_run,
    };
    let mut teller = Teller {
        context,
        direction,
        bar: None,
        done: 0,
        printed: Ok(()),
    };
    let result = run(request, &mut |event| teller.tell(&event));
    let Teller { bar, printed, .. } = teller;
    drop(bar);
    let report = result.map_err(|failure| match failure.kind {
        Kind::Interrupted => failure.hint("what was applied stays applied; run the command again to go on"),
        _ => failure,
    })?;
    printed?;
    for warning in &report.warnings {
        context.ui.warn(printable(warning));
    }
    match context.format {
        Format::Json => context.ui.print_json(&answer::migrated(
            direction == Direction::Up,
            dry_run,
            &url,
            &folder,
            report,
        )),
        Format::Human => conclude(context, direction, dry_run, &url, &report),
    }
}

fn conclude(
    context: &Context,
    direction: Direction,
    dry_run: bool,
    url: &Url,
    report: &Report,
) -> Result<()> {
    let count = counted(report.changes.len(), "migration");
    if report.changes.is_empty() {
        let version = match report.newest {
            Some(version) => format!("version {version}"),
            None => "no version".to_owned(),
        };
        let what = match direction {
            Direction::Up => "pending",
            Direction::Down => "to undo",
        };
        return context
            .ui
            .print(printable(&format!("nothing {what}: {url} is at {version}")));
    }
    if dry_run {
        for change in &report.changes {
            context.ui.print(line(direction, true, change))?;
        }
        context.ui.note(printable(&format!(
            "dry run: {count} for {url}, nothing was changed"
        )));
        return Ok(());
    }
    let total: Duration = report.changes.iter().filter_map(|change| change.took).sum();
    let verb = match direction {
        Direction::Up => "migrated",
        Direction::Down => "reverted",
    };
    let text = format!("{url}: {count} in {}", time(total));
    context.ui.status(verb, printable(&text));
    Ok(())
}

/// Tells of a run while it runs. A reader of stdout that goes away does not stop it.
struct Teller<'a> {
    context: &'a Context,
    direction: Direction,
    bar: Option<Progress>,
    done: u64,
    printed: Result<()>,
}

impl Teller<'_> {
    fn tell(&mut self, event: &Event<'_>) {
        let ui = &self.context.ui;
        match event {
            Event::Waiting(Some(holder)) => {
                ui.note(printable(&format!("waiting for another run: {holder}")));
            }
            Event::Waiting(None) => ui.note("waiting for another run on this database"),
            Event::Planned(count) => {
                self.bar = Some(ui.progress("migrating", Some(*count as u64)));
            }
            Event::Begun(migration) => {
                if let Some(bar) = &self.bar {
                    bar.set(self.done);
                    bar.message(&migration.description);
                }
            }
            Event::Statement(done) => {
                if let Some(bar) = &self.bar {
                    bar.message(&format!("{} done", counted(*done, "statement")));
                }
            }
            Event::Done(change) => {
                self.done += 1;
                if self.context.format == Format::Human && self.printed.is_ok() {
                    self.printed = ui.print(line(self.direction, false, change));
                }
            }
        }
    }
}

/// `applied    20261121083000  create users  12 ms`
fn line(direction: Direction, dry_run: bool, change: &Change) -> String {
    let verb = match (direction, dry_run) {
        (Direction::Up, false) => "applied",
        (Direction::Up, true) => "apply",
        (Direction::Down, false) => "reverted",
        (Direction::Down, true) => "revert",
    };
    let mut detail = match change.took {
        Some(took) => time(took),
        None => counted(change.statements, "statement"),
    };
    if !change.in_transaction {
        detail.push_str(", without transaction");
    }
    format!(
        "{} {:>14}  {}  {}",
        styled(GOOD, format_args!("{verb:>10}")),
        change.version,
        printable(&change.description),
        styled(DIM, detail)
    )
}

fn status(arguments: &Migrate, context: &Context) -> Result<()> {
    let url = database_url(arguments.database_url.as_deref(), context)?;
    let folder = migrations_folder(arguments, context)?;
    let migrations = read_migrations(&folder)?;
    let overview = context.block_on(status::overview(Request {
        url: &url,
        migrations: &migrations,
        patience: Duration::ZERO,
        dry_run: true,
    }))?;
    for warning in &overview.warnings {
        context.ui.warn(printable(warning));
    }
    let is_applied = |one: &&Version| !matches!(one.state, State::Pending | State::Partial | State::Failed);
    let applied = overview.versions.iter().filter(is_applied).count();
    let pending = overview.versions.len() - applied;
    match context.format {
        Format::Json => {
            let answer = answer::status(&url, &folder, migrations.layout, (applied, pending), overview);
            context.ui.print_json(&answer)
        }
        Format::Human => {
            show_versions(context, &overview)?;
            context.ui.print(printable(&format!(
                "{applied} applied, {pending} pending: {url} and {}",
                slashed(&folder)
            )))
        }
    }
}

fn show_versions(context: &Context, overview: &Overview) -> Result<()> {
    for one in &overview.versions {
        let style = match one.state {
            State::Applied => GOOD,
            State::Pending | State::Reformatted | State::Partial => WARN,
            State::Edited | State::Missing | State::Failed => BAD,
        };
        let mut remarks: Vec<String> = Vec::new();
        remarks.extend(one.installed_on.clone());
        remarks.extend(one.took.map(time));
        remarks.extend(
            one.progress
                .map(|(done, of)| format!("{done} of {of} statements done")),
        );
        if one.is_late {
            remarks.push("a later version is applied".to_owned());
        }
        context.ui.print(format_args!(
            "{} {:>14}  {}  {}",
            styled(style, format_args!("{:>11}", one.state.name())),
            one.version,
            printable(&one.description),
            styled(DIM, remarks.join(", "))
        ))?;
    }
    Ok(())
}

fn new(arguments: &Migrate, verb: &New, context: &Context) -> Result<()> {
    let folder = migrations_folder(arguments, context)?;
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
