//! `db copy`.

use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

use crate::db::copy::{self, Event, Report, Request};
use crate::db::migrate;
use crate::failure::{Failure, Kind, Result};
use crate::io::clock::Stopwatch;
use crate::store::{Database, Url};
use crate::text::printable;

use super::super::changes::counted;
use super::super::ui::{DIM, GOOD, styled};
use super::super::{Context, Format};
use super::answer::milliseconds;
use super::migrate::{Migrate, Place};
use super::{environment, live, time};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The source: a URL, or `env:NAME` for one that stands in a variable.
    #[arg(
        long,
        value_name = "URL",
        required_unless_present = "from_env",
        hide_env_values = true
    )]
    from: Option<String>,
    /// The source: a database of the settings.
    #[arg(long, value_name = "NAME", conflicts_with = "from")]
    from_env: Option<String>,
    /// The target: a URL, or `env:NAME` for one that stands in a variable.
    #[arg(
        long,
        value_name = "URL",
        required_unless_present = "to_env",
        hide_env_values = true
    )]
    to: Option<String>,
    /// The target: a database of the settings.
    #[arg(long, value_name = "NAME", conflicts_with = "to")]
    to_env: Option<String>,
    /// Where the tables of the target come from.
    #[arg(long, value_enum, value_name = "HOW", default_value = "auto")]
    schema: Schema,
    /// Folder of the migration files; by default that of the settings, or `supabase/migrations`.
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// The name of the target database: its rows may be deleted. The name of its protected environment: it may be changed. May be
    /// given again.
    #[arg(long, value_name = "NAME")]
    confirm: Vec<String>,
    /// Rows that are copied and committed at a time.
    #[arg(long, value_name = "ROWS", default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..))]
    batch: u64,
    /// How long to wait for another run on the target.
    #[arg(long, value_name = "SECONDS")]
    lock_timeout: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Schema {
    /// From the migrations where the target has no table yet, else they are there.
    Auto,
    /// Run the pending migrations on the target first.
    Migrations,
    /// They are there.
    Exists,
}

/// Answer of `db copy --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Copy {
    schema_version: u32,
    /// Without its password.
    from: String,
    to: String,
    /// Migrations that were applied to the target first.
    migrated: usize,
    /// Whether an earlier run was gone on with.
    resumed: bool,
    rows: u64,
    tables: Vec<CopiedTable>,
    /// Sequences, or numbers of AUTOINCREMENT, that were set.
    sequences: usize,
    /// What was left alone, and why.
    skipped: Vec<String>,
    milliseconds: f64,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct CopiedTable {
    name: String,
    /// Counted in the target, and the same in the source.
    rows: u64,
    /// An earlier run had begun it and its rows had changed since, so it was copied anew.
    put_right: bool,
    /// The same in source and target; on SQLite rows are compared one by one instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<String>,
}

pub(super) fn copy(arguments: &Arguments, context: &Context) -> Result<()> {
    let watch = Stopwatch::start();
    let from = match environment::named(arguments.from_env.as_deref(), context)? {
        Some(named) => named.url(context)?,
        None => url("--from", arguments.from.as_deref().unwrap_or_default(), context)?,
    };
    let named = environment::named(arguments.to_env.as_deref(), context)?;
    let to = match &named {
        Some(named) => named.url(context)?,
        None => url("--to", arguments.to.as_deref().unwrap_or_default(), context)?,
    };
    if from.engine() != to.engine() {
        // Says why, before anything is asked or migrated.
        return context
            .block_on(copy::copy(
                request(&from, &to, arguments, context, false)?,
                &mut |_| {},
            ))
            .map(drop);
    }
    let protected = named.and_then(environment::Named::protected);
    let replace = may_replace(arguments, &to, protected.as_deref(), context)?;
    let migrated = migrate_target(arguments, &to, context)?;
    let report = run(request(&from, &to, arguments, context, replace)?, context)?;
    let rows = report.tables.iter().map(|table| table.rows).sum();
    match context.format {
        Format::Json => context.ui.print_json(&Copy {
            schema_version: 1,
            from: from.to_string(),
            to: to.to_string(),
            migrated,
            resumed: report.is_resumed,
            rows,
            tables: report
                .tables
                .into_iter()
                .map(|table| CopiedTable {
                    name: table.name,
                    rows: table.rows,
                    put_right: table.was_put_right,
                    checksum: table.checksum,
                })
                .collect(),
            sequences: report.sequences,
            skipped: report.skipped,
            milliseconds: milliseconds(watch.elapsed()),
        }),
        Format::Human => {
            show(context, &report)?;
            context.ui.print(printable(&format!(
                "{} in {} copied and compared in {}: {from} to {to}",
                counted(usize::try_from(rows).unwrap_or(usize::MAX), "row"),
                counted(report.tables.len(), "table"),
                time(watch.elapsed())
            )))
        }
    }
}

/// Asks for leave to change a protected target. Answers whether rows of the target may be deleted, which only its own name allows.
fn may_replace(arguments: &Arguments, to: &Url, protected: Option<&str>, context: &Context) -> Result<bool> {
    let given = &arguments.confirm;
    let database = to.name();
    if let Some(stray) = given
        .iter()
        .find(|name| **name != database && Some(name.as_str()) != protected)
    {
        return Err(Failure::user(format!(
            "the target is called `{database}`, not `{stray}`: nothing was changed"
        )));
    }
    if let Some(name) = protected {
        let is_given = given.iter().any(|one| one == name);
        environment::ask_leave(name, is_given.then_some(name), context)?;
    }
    Ok(given.contains(&database))
}

/// A URL, or the variable that holds one.
fn url(flag: &str, text: &str, context: &Context) -> Result<Url> {
    let patience = environment::patience(&context.project()?.settings.database);
    let Some(variable) = text.strip_prefix("env:") else {
        return Url::parse(text)
            .map(|url| url.with_patience(patience))
            .map_err(|failure| failure.during(format!("`{flag}` cannot be used")));
    };
    let Some(text) = context.environment.get(variable) else {
        return Err(Failure::config(format!(
            "the variable `{variable}` of `{flag}` is not set"
        )));
    };
    Url::parse(text)
        .map(|url| url.with_patience(patience))
        .map_err(|failure| failure.during(format!("the variable `{variable}` cannot be used")))
}

fn request<'a>(
    from: &'a Url,
    to: &'a Url,
    arguments: &Arguments,
    context: &Context,
    replace: bool,
) -> Result<Request<'a>> {
    let configured = context.project()?.settings.database.lock_timeout_seconds;
    Ok(Request {
        from,
        to,
        batch: arguments.batch,
        replace,
        patience: std::time::Duration::from_secs(arguments.lock_timeout.unwrap_or(configured)),
    })
}

/// Gives the target its tables where it should get them here. Answers with the number of migrations that were applied.
fn migrate_target(arguments: &Arguments, to: &Url, context: &Context) -> Result<usize> {
    let is_wanted = match arguments.schema {
        Schema::Exists => false,
        Schema::Migrations => true,
        Schema::Auto => is_empty(to, context)?,
    };
    if !is_wanted {
        return Ok(0);
    }
    let place = Place::of(
        &Migrate {
            verb: None,
            database_url: arguments.to.as_ref().map(|_| plain_url(arguments, context)),
            env: arguments.to_env.clone(),
            confirm: None,
            dir: arguments.dir.clone(),
            lock_timeout: arguments.lock_timeout,
            dry_run: false,
        },
        context,
    )
    .map_err(|failure| {
        failure
            .during(format!(
                "`{to}` has no tables, and there are no migrations to make them"
            ))
            .hint("or make them with `pg_dump --schema-only` and `psql`, then use `--schema exists`")
    })?;
    let up_to = crate::db::plan::UpTo {
        version: None,
        allow_out_of_order: false,
    };
    let report = context.block_on(migrate::up(place.request(), up_to, &mut |_| {}))?;
    if !report.changes.is_empty() {
        context.ui.status(
            "migrated",
            format_args!("{to}: {}", counted(report.changes.len(), "migration")),
        );
    }
    Ok(report.changes.len())
}

/// The URL of `--to` as it was given or as its variable has it.
fn plain_url(arguments: &Arguments, context: &Context) -> String {
    let text = arguments.to.as_deref().unwrap_or_default();
    let variable = text
        .strip_prefix("env:")
        .and_then(|name| context.environment.get(name));
    variable.unwrap_or(text).to_owned()
}

fn is_empty(to: &Url, context: &Context) -> Result<bool> {
    context.block_on(async {
        if Database::look(to).await?.is_none() {
            return Ok(true);
        }
        let schema = live::read(to).await?;
        Ok(schema
            .relations
            .iter()
            .all(|relation| relation.is_view() || relation.is_managed))
    })
}

fn run(request: Request<'_>, context: &Context) -> Result<Report> {
    let mut bar = None;
    let mut done = 0_u64;
    let result = context.block_on(copy::copy(request, &mut |event| match event {
        Event::Waiting(holder) => match holder {
            Some(holder) => context.ui.note(printable(&format!("waiting for {holder}"))),
            None => context.ui.note("waiting for another run"),
        },
        Event::Begun(tables, is_resumed) => {
            if is_resumed {
                context.ui.note(
                    "going on with a copy that was broken off; what it copied is compared with the source at the end",
                );
            }
            bar = Some(context.ui.progress("copying", Some(tables as u64 * 2)));
        }
        Event::Rows(name, rows) => {
            if let Some(bar) = &bar {
                bar.message(&format!("{name}: {rows} rows"));
            }
        }
        Event::Verifying(name) => {
            done += 1;
            if let Some(bar) = &bar {
                bar.set(done);
                bar.message(&format!("comparing {name}"));
            }
        }
    }));
    drop(bar);
    result.map_err(|failure| match failure.kind {
        Kind::Interrupted => failure.hint("what was copied stays; run the same command again to go on"),
        _ => failure,
    })
}

fn show(context: &Context, report: &Report) -> Result<()> {
    for table in &report.tables {
        let remark = if table.was_put_right {
            "  changed since the earlier run, copied anew"
        } else {
            ""
        };
        context.ui.print(format_args!(
            "{} {:>12}  {}{}",
            styled(GOOD, "  copied"),
            table.rows,
            printable(&table.name),
            styled(DIM, remark)
        ))?;
    }
    for skipped in &report.skipped {
        context.ui.warn(printable(&format!("left alone: {skipped}")));
    }
    Ok(())
}
