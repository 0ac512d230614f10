//! `db backup`.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::db::backup::keep::Keep;
use crate::db::backup::manifest::Manifest;
use crate::db::backup::shelf::Shelf;
use crate::db::backup::take::{self, Beat, Request, Taken};
use crate::db::backup::tools::Search;
use crate::failure::{Failure, Result};
use crate::store::Url;
use crate::text::{printable, slashed};

use super::super::changes::{counted, size};
use super::super::ui::{DIM, GOOD, Progress, styled};
use super::super::{Context, Format};
use super::environment::Named;
use super::{database_url, environment, time};

/// `packwright db backup`
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of backups; by default `backups` under `[database]` of the settings: `.packwright/backups`.
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
    /// Afterwards remove older backups of this database: a time to keep them, as in `30d`, or how many to keep, as in `7`.
    #[arg(long, value_name = "TIME|COUNT")]
    keep: Option<Keep>,
    #[command(flatten)]
    place: Where,
}

/// Which database, and what reads it.
#[derive(Debug, clap::Args)]
pub(super) struct Where {
    /// The database: `sqlite:path` or `postgres://…`; by default `DATABASE_URL`, then the settings.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// A database of the settings: the one under `[env.NAME]`.
    #[arg(long, value_name = "NAME", conflicts_with = "database_url")]
    env: Option<String>,
    /// Folder of `pg_dump` and `pg_restore`; by default `PACKWRIGHT_PG_BIN`, the settings, the PATH, the usual folders.
    #[arg(long, value_name = "FOLDER")]
    pg_bin: Option<PathBuf>,
}

impl Where {
    pub(super) fn named(&self, context: &Context) -> Result<Option<Named>> {
        environment::named(self.env.as_deref(), context)
    }

    pub(super) fn url(&self, context: &Context) -> Result<Url> {
        match self.named(context)? {
            Some(named) => named.url(context),
            None => database_url(self.database_url.as_deref(), context),
        }
    }

    pub(super) fn search(&self, context: &Context) -> Result<Search> {
        let project = context.project()?;
        let variable = context.environment.get("PACKWRIGHT_PG_BIN");
        let settings = project.settings.database.pg_bin.as_ref();
        let named = self
            .pg_bin
            .clone()
            .map(|folder| (folder, "`--pg-bin`"))
            .or_else(|| variable.map(|folder| (PathBuf::from(folder), "`PACKWRIGHT_PG_BIN`")))
            .or_else(|| settings.map(|folder| (project.path(folder), "`pg_bin` of the settings")));
        let path = context.environment.get("PATH").unwrap_or_default();
        Ok(Search {
            named: named.map(|(folder, by)| (folder, by.to_owned())),
            path: std::env::split_paths(path).collect(),
        })
    }
}

/// The folder of backups: a flag, then the settings.
pub(super) fn shelf(flag: Option<&PathBuf>, context: &Context) -> Result<Shelf> {
    let project = context.project()?;
    Ok(Shelf::new(match flag {
        Some(folder) => folder.clone(),
        None => project.path(&project.settings.database.backups),
    }))
}

/// How long to wait for the lock of a table.
pub(super) fn lock_timeout(context: &Context) -> Result<Duration> {
    let settings = &context.project()?.settings.database;
    Ok(Duration::from_millis(
        settings.table_lock_timeout_ms.min(i32::MAX.unsigned_abs().into()),
    ))
}

/// Answer of `db backup --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BackedUp {
    schema_version: u32,
    backup: BackupAnswer,
    /// Names of the older backups that were removed.
    removed: Vec<String>,
    warnings: Vec<String>,
}

/// A backup, as its manifest tells.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct BackupAnswer {
    /// Its folder.
    path: String,
    /// The name of the folder.
    id: String,
    /// UTC.
    taken_at: String,
    /// `sqlite` or `postgres`.
    engine: String,
    /// Name of the database.
    database: String,
    server_version: String,
    /// What made the copy.
    tool: String,
    bytes: u64,
    tables: usize,
    rows: u64,
    /// The newest migration that was applied; null when none was.
    version: Option<i64>,
    milliseconds: u64,
}

pub(super) fn backup_answer(path: String, manifest: &Manifest) -> BackupAnswer {
    BackupAnswer {
        path,
        id: manifest.id.clone(),
        taken_at: manifest.taken_at.clone(),
        engine: manifest.database.engine.clone(),
        database: manifest.database.name.clone(),
        server_version: manifest.database.server_version.clone(),
        tool: manifest.tool.clone(),
        bytes: manifest.bytes(),
        tables: manifest.tables.len(),
        rows: manifest.rows(),
        version: manifest.migrations.last().copied(),
        milliseconds: manifest.milliseconds,
    }
}

/// `3 tables, 12 rows, 40.0 kB`
pub(super) fn summary(manifest: &Manifest) -> String {
    format!(
        "{}, {}, {}",
        counted(manifest.tables.len(), "table"),
        counted(usize::try_from(manifest.rows()).unwrap_or(usize::MAX), "row"),
        size(usize::try_from(manifest.bytes()).unwrap_or(usize::MAX))
    )
}

/// Shows on the terminal how far the work is.
pub(super) struct Teller<'a> {
    context: &'a Context,
    bar: Option<(Progress, bool)>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, bar: None }
    }

    pub(super) fn tell(&mut self, beat: Beat<'_>) {
        match beat {
            Beat::Stage(label, total) => {
                self.bar = None;
                self.bar = Some((self.context.ui.progress(label, total), total.is_some()));
            }
            Beat::Done(done) => match &self.bar {
                Some((bar, true)) => bar.set(done),
                // Without an end in sight it is bytes that are counted.
                Some((bar, false)) => bar.message(&size(usize::try_from(done).unwrap_or(usize::MAX))),
                None => {}
            },
            Beat::Waiting(Some(holder)) => self.context.ui.note(format_args!(
                "waiting: the database is locked by {}",
                printable(&holder.to_string())
            )),
            Beat::Waiting(None) => self.context.ui.note("waiting: the database is locked"),
        }
    }
}

pub(super) fn backup(arguments: &Arguments, context: &Context) -> Result<()> {
    let url = arguments.place.url(context)?;
    let shelf = shelf(arguments.to.as_ref(), context)?;
    let configured = context.project()?.settings.database.keep_backups.as_deref();
    let keep = match (arguments.keep, configured) {
        (Some(keep), _) => Some(keep),
        (None, Some(text)) => Some(text.parse().map_err(|reason: String| {
            Failure::config("`keep_backups` under `[database]` of the settings cannot be used")
                .caused_by(reason)
        })?),
        (None, None) => None,
    };
    let request = Request {
        url: &url,
        shelf: &shelf,
        keep,
        search: &arguments.place.search(context)?,
        lock_timeout: lock_timeout(context)?,
        actor: &environment::actor(context),
    };
    let mut teller = Teller::new(context);
    let taken = context.block_on(take::take(request, &mut |beat| teller.tell(beat)));
    drop(teller);
    show(&taken?, context)
}

fn show(taken: &Taken, context: &Context) -> Result<()> {
    let Taken {
        backup,
        removed,
        warnings,
    } = taken;
    let path = slashed(&backup.folder);
    for warning in warnings {
        context.ui.warn(printable(warning));
    }
    if context.format == Format::Json {
        return context.ui.print_json(&BackedUp {
            schema_version: 1,
            backup: backup_answer(path, &backup.manifest),
            removed: removed.clone(),
            warnings: warnings.clone(),
        });
    }
    let took = time(Duration::from_millis(backup.manifest.milliseconds));
    context.ui.print(format_args!(
        "{} {} {}",
        styled(GOOD, format_args!("{:>10}", "backed up")),
        printable(&path),
        styled(DIM, format_args!("({}, {took})", summary(&backup.manifest)))
    ))?;
    removed.iter().try_for_each(|name| {
        context.ui.print(format_args!(
            "{} {}",
            styled(GOOD, format_args!("{:>10}", "removed")),
            printable(name)
        ))
    })
}
