//! `db migrate up` and `down`. Plan, show, apply: a dry run ends with the plan.

use std::path::Path;
use std::time::Duration;

use crate::changes::ChangeSet;
use crate::document::sql::Dialect;
use crate::failure::{Failure, Result};
use crate::store::{Database, Engine, Holder, RunLock, Url};
use crate::text::Source;

use super::history::{History, Keeper};
use super::migrations::{Migration, Migrations};
use super::plan::{self, DownTo, Step, Undo, UpTo};
use super::record::{Actor, Writer};
use super::renumber;
use super::run::{self, TableLocks};
use super::script::Job;
use super::standing::{self, Note, Standing};
use super::stepwise::Beat;

/// Which files against which database.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub url: &'a Url,
    pub migrations: &'a Migrations,
    /// How long to wait for another run.
    pub patience: Duration,
    /// Whether to stop when it is known what would be done.
    pub dry_run: bool,
    /// Who runs it.
    pub actor: &'a Actor,
    pub table_locks: TableLocks,
}

/// What happens while it happens.
#[derive(Debug)]
pub enum Event<'a> {
    /// Another run has the lock.
    Waiting(Option<&'a Holder>),
    /// The number of migrations that will run.
    Planned(usize),
    Begun(&'a Migration),
    /// Something within the file that was begun last.
    Beat(Beat),
    Done(&'a Change),
}

/// A migration that was applied or undone, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub version: i64,
    pub description: String,
    /// The file that was run.
    pub file: String,
    pub statements: usize,
    pub in_transaction: bool,
    /// Whether it was undone.
    pub is_undone: bool,
    /// `None` in a dry run.
    pub took: Option<Duration>,
}

/// What a run did.
#[derive(Debug, Clone)]
pub struct Report {
    pub keeper: Keeper,
    pub changes: Vec<Change>,
    pub warnings: Vec<String>,
    /// The newest applied version, before a dry run, after another.
    pub newest: Option<i64>,
}

/// Told of every [`Event`].
pub type Observer<'a> = &'a mut dyn FnMut(Event<'_>);

/// Applies what is pending.
pub async fn up(request: Request<'_>, to: UpTo, observer: Observer<'_>) -> Result<Report> {
    refuse_faults(request.migrations)?;
    let url = request.url;
    let (database, history) = look(request).await?;
    let report = {
        let standings = standing::compare(request.migrations, &history.rows, request.dialect());
        let steps = plan::up(&standings, to)?;
        let jobs = jobs(steps.iter().map(|step| &step.migration.up), request.dialect())?;
        let changes = steps
            .iter()
            .zip(&jobs)
            .map(|(step, job)| change(step.migration, job));
        report(&history, changes.collect(), &standings, &jobs)
    };
    if request.dry_run || report.changes.is_empty() {
        close(database, url).await?;
        return Ok(report);
    }
    let mut database = open(database, url).await?;
    let lock = lock(request, &mut database, observer).await?;
    let applied = apply(request, to, None, &mut database, observer).await;
    let released = lock.release(&mut database, url).await;
    let report = applied?;
    released?;
    database.close(url).await?;
    Ok(report)
}

/// The part of `up` that has the lock: what is pending is asked again, for another run may have been faster.
async fn apply(
    request: Request<'_>,
    to: UpTo,
    only: Option<&[i64]>,
    database: &mut Database,
    observer: Observer<'_>,
) -> Result<Report> {
    let dialect = request.dialect();
    let history = History::read(database, request.url, request.migrations.layout).await?;
    let standings = standing::compare(request.migrations, &history.rows, dialect);
    let mut steps = plan::up(&standings, to)?;
    if let Some(only) = only {
        steps.retain(|step| only.contains(&step.migration.version));
    }
    let jobs = jobs(steps.iter().map(|step| &step.migration.up), dialect)?;
    let mut report = report(&history, Vec::new(), &standings, &jobs);
    let mut writer = Writer {
        database,
        url: request.url,
        keeper: history.keeper,
        actor: request.actor,
        action: if only.is_some() { "redo" } else { "up" },
    };
    if !steps.is_empty() {
        writer.prepare().await?;
    }
    if steps.len() > 1 {
        writer.relax().await?;
    }
    observer(Event::Planned(steps.len()));
    for (index, (step, job)) in steps.iter().zip(&jobs).enumerate() {
        if index + 1 == steps.len() {
            writer.settle().await?;
        }
        observer(Event::Begun(step.migration));
        let note = note_of(&history, step);
        let mut progress = |beat| observer(Event::Beat(beat));
        let applied = run::apply(&mut writer, step, note, job, request.table_locks, &mut progress).await;
        if let Err(failure) = &applied {
            // The failure is what is told, not that its line in the log may come late.
            let _ = writer.settle().await;
            writer.log_failure(step.migration, failure).await;
        }
        let Some(took) = applied? else {
            report.warnings.push(format!(
                "`{}` was applied meanwhile by another program",
                job.source.path()
            ));
            continue;
        };
        let change = Change {
            took: Some(took),
            ..change(step.migration, job)
        };
        observer(Event::Done(&change));
        report.newest = report.newest.max(Some(change.version));
        report.changes.push(change);
    }
    Ok(report)
}

/// Undoes what is applied, newest first.
pub async fn down(request: Request<'_>, target: DownTo, observer: Observer<'_>) -> Result<Report> {
    refuse_faults(request.migrations)?;
    let url = request.url;
    let (database, history) = look(request).await?;
    let report = {
        let standings = standing::compare(request.migrations, &history.rows, request.dialect());
        let undos = plan::down(&standings, target)?;
        let jobs = jobs(undos.iter().map(|undo| undo.down), request.dialect())?;
        let changes = undos.iter().zip(&jobs).map(|(undo, job)| Change {
            is_undone: true,
            ..change(undo.migration, job)
        });
        report(&history, changes.collect(), &standings, &jobs)
    };
    let (Some(mut database), false) = (database, request.dry_run || report.changes.is_empty()) else {
        return Ok(report);
    };
    let lock = lock(request, &mut database, observer).await?;
    let undone = revert(request, target, report, &mut database, observer).await;
    let released = lock.release(&mut database, url).await;
    let report = undone?;
    released?;
    database.close(url).await?;
    Ok(report)
}

/// Undoes what is applied, newest first, and applies it again, under one lock.
pub async fn redo(request: Request<'_>, target: DownTo, observer: Observer<'_>) -> Result<Report> {
    refuse_faults(request.migrations)?;
    let url = request.url;
    let dialect = request.dialect();
    let (database, history) = look(request).await?;
    let (planned, again) = {
        let standings = standing::compare(request.migrations, &history.rows, dialect);
        let undos = plan::down(&standings, target)?;
        // Both ways are made ready before the first statement runs.
        let downs = jobs(undos.iter().map(|undo| undo.down), dialect)?;
        let ups = jobs(undos.iter().map(|undo| &undo.migration.up), dialect)?;
        let change_of = |(undo, job): (&Undo<'_>, &Job<'_>)| change(undo.migration, job);
        let changes: Vec<Change> = undos.iter().zip(&downs).map(change_of).collect();
        let again: Vec<Change> = undos.iter().zip(&ups).rev().map(change_of).collect();
        (report(&history, changes, &standings, &downs), again)
    };
    let (Some(mut database), false) = (database, request.dry_run || planned.changes.is_empty()) else {
        let mut changes = planned.changes;
        for change in &mut changes {
            change.is_undone = true;
        }
        changes.extend(again);
        return Ok(Report { changes, ..planned });
    };
    let only: Vec<i64> = again.iter().map(|change| change.version).collect();
    let to = UpTo {
        version: only.last().copied(),
        allow_out_of_order: true,
    };
    let lock = lock(request, &mut database, observer).await?;
    let done: Result<Report> = async {
        let undone = revert(request, target, planned, &mut database, observer).await?;
        let applied = apply(request, to, Some(&only), &mut database, observer).await?;
        let mut changes = undone.changes;
        changes.extend(applied.changes);
        Ok(Report { changes, ..applied })
    }
    .await;
    let released = lock.release(&mut database, url).await;
    let report = done?;
    released?;
    database.close(url).await?;
    Ok(report)
}

/// The part of `down` that has the lock. It undoes what was planned without the lock or nothing: "one step down" must not come to
/// mean another step because another run was faster.
async fn revert(
    request: Request<'_>,
    target: DownTo,
    planned: Report,
    database: &mut Database,
    observer: Observer<'_>,
) -> Result<Report> {
    let dialect = request.dialect();
    let history = History::read(database, request.url, request.migrations.layout).await?;
    let standings = standing::compare(request.migrations, &history.rows, dialect);
    let undos: Vec<Undo<'_>> = plan::down(&standings, target)?;
    let jobs = jobs(undos.iter().map(|undo| undo.down), dialect)?;
    let mut report = report(&history, Vec::new(), &standings, &jobs);
    let same = undos
        .iter()
        .map(|undo| undo.migration.version)
        .eq(planned.changes.iter().map(|change| change.version));
    if !same {
        return Err(
            Failure::user("another run changed the database while this one waited")
                .hint("see `db migrate status`, and run again"),
        );
    }
    let mut writer = Writer {
        database,
        url: request.url,
        keeper: history.keeper,
        actor: request.actor,
        action: "down",
    };
    writer.prepare().await?;
    if undos.len() > 1 {
        writer.relax().await?;
    }
    observer(Event::Planned(undos.len()));
    for (index, (undo, job)) in undos.iter().zip(&jobs).enumerate() {
        if index + 1 == undos.len() {
            writer.settle().await?;
        }
        observer(Event::Begun(undo.migration));
        let version = undo.migration.version;
        let row = history.rows.iter().find(|row| row.version == version);
        let note = row.and_then(|row| row.undo.as_ref());
        let mut progress = |beat| observer(Event::Beat(beat));
        let undone = run::undo(&mut writer, undo, note, job, request.table_locks, &mut progress).await;
        if let Err(failure) = &undone {
            // The failure is what is told, not that its line in the log may come late.
            let _ = writer.settle().await;
            writer.log_failure(undo.migration, failure).await;
        }
        let change = Change {
            took: Some(undone?),
            is_undone: true,
            ..change(undo.migration, job)
        };
        observer(Event::Done(&change));
        report.changes.push(change);
    }
    let undone = |version: i64| report.changes.iter().any(|change| change.version == version);
    report.newest = newest(&history, |version| !undone(version));
    Ok(report)
}

/// The new names of files that come too late; see [`renumber`].
pub async fn renumbered(
    request: Request<'_>,
    folder: &Path,
    versions: &[i64],
    now: &str,
) -> Result<ChangeSet> {
    let (database, history) = look(request).await?;
    close(database, request.url).await?;
    let standings = standing::compare(request.migrations, &history.rows, request.dialect());
    renumber::files(folder, &standings, versions, now)
}

impl Request<'_> {
    pub fn dialect(&self) -> Dialect {
        match self.url.engine() {
            Engine::Sqlite => Dialect::Sqlite,
            Engine::Postgres => Dialect::Postgres,
        }
    }
}

/// The history, and the connection that it was read with: none for a SQLite file that is not there yet.
pub(super) async fn look(request: Request<'_>) -> Result<(Option<Database>, History)> {
    let layout = request.migrations.layout;
    match Database::look(request.url).await? {
        Some(mut database) => {
            let history = History::read(&mut database, request.url, layout).await?;
            Ok((Some(database), history))
        }
        None => Ok((
            None,
            History {
                keeper: Keeper::of_layout(layout, request.url.engine()),
                rows: Vec::new(),
            },
        )),
    }
}

pub(super) async fn open(database: Option<Database>, url: &Url) -> Result<Database> {
    match database {
        Some(database) => Ok(database),
        None => Database::open(url).await,
    }
}

pub(super) async fn close(database: Option<Database>, url: &Url) -> Result<()> {
    match database {
        Some(database) => database.close(url).await,
        None => Ok(()),
    }
}

pub(super) async fn lock(
    request: Request<'_>,
    database: &mut Database,
    observer: Observer<'_>,
) -> Result<RunLock> {
    let mut waiting = |holder: Option<&Holder>| observer(Event::Waiting(holder));
    RunLock::take(database, request.url, request.patience, &mut waiting).await
}

/// Every file is made ready before the first one runs.
fn jobs<'a>(sources: impl Iterator<Item = &'a Source>, dialect: Dialect) -> Result<Vec<Job<'a>>> {
    sources.map(|source| Job::read(source, dialect)).collect()
}

fn note_of<'a>(history: &'a History, step: &Step<'_>) -> Option<&'a Note> {
    let row = history
        .rows
        .iter()
        .find(|row| row.version == step.migration.version)?;
    row.note.as_ref()
}

pub(super) fn change(migration: &Migration, job: &Job<'_>) -> Change {
    Change {
        version: migration.version,
        description: migration.description.clone(),
        file: job.source.path().to_string(),
        statements: job.statements().len(),
        in_transaction: job.in_transaction,
        is_undone: false,
        took: None,
    }
}

fn report(history: &History, changes: Vec<Change>, standings: &[Standing<'_>], jobs: &[Job<'_>]) -> Report {
    let mut warnings = standing::remarks(standings);
    warnings.extend(jobs.iter().flat_map(|job| job.warnings.iter().cloned()));
    Report {
        keeper: history.keeper,
        changes,
        warnings,
        newest: newest(history, |_| true),
    }
}

fn newest(history: &History, counts: impl Fn(i64) -> bool) -> Option<i64> {
    let applied = history.rows.iter().filter(|row| row.success);
    applied
        .map(|row| row.version)
        .filter(|&version| counts(version))
        .max()
}

/// What is wrong with the files, a line each.
pub(super) fn finding_lines(migrations: &Migrations) -> impl Iterator<Item = String> {
    migrations.findings.iter().map(|finding| {
        let help = finding.help.as_deref().unwrap_or_default();
        format!("`{}`: {}; {help}", finding.place.path, finding.message)
    })
}

pub(super) fn refuse_faults(migrations: &Migrations) -> Result<()> {
    let errors: Vec<_> = migrations.errors().collect();
    let Some(first) = errors.first() else {
        return Ok(());
    };
    let mut failure = Failure::user(match errors.len() {
        1 => format!("`{}`: {}", first.place.path, first.message),
        count => format!("{count} files cannot be used as migrations as they stand"),
    });
    for error in &errors {
        if errors.len() > 1 {
            failure = failure.caused_by(format!("`{}`: {}", error.place.path, error.message));
        }
        if let Some(help) = &error.help {
            failure = failure.hint(match errors.len() {
                1 => help.clone(),
                _ => format!("`{}`: {help}", error.place.path),
            });
        }
    }
    Err(failure)
}
