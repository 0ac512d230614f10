//! `db migrate baseline`: versions that the database has already are recorded as applied, and nothing is run.

use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::store::Database;

use super::execute::{control, roll_back};
use super::history::{History, sql};
use super::migrate::{
    Change, Event, Observer, Report, Request, change, close, lock, look, open, refuse_faults,
};
use super::migrations::Migration;
use super::record::Writer;
use super::script::Job;
use super::standing::{self, Standing, State};

/// Which versions are recorded.
#[derive(Debug, Clone, Copy)]
pub enum Known<'a> {
    /// Every pending version up to this one.
    UpTo(i64),
    /// These, where they are pending; `action` for the log.
    These {
        versions: &'a [i64],
        action: &'static str,
    },
}

/// Records versions as applied.
pub async fn baseline(request: Request<'_>, known: Known<'_>, observer: Observer<'_>) -> Result<Report> {
    refuse_faults(request.migrations)?;
    let url = request.url;
    let (database, history) = look(request).await?;
    let report = report(request, known, &history)?;
    if request.dry_run || report.changes.is_empty() {
        close(database, url).await?;
        return Ok(report);
    }
    let mut database = open(database, url).await?;
    let lock = lock(request, &mut database, observer).await?;
    let done = write(request, known, &mut database, observer).await;
    let released = lock.release(&mut database, url).await;
    let report = done?;
    released?;
    database.close(url).await?;
    Ok(report)
}

fn pending<'a>(standings: &[Standing<'a>], known: Known<'_>) -> Result<Vec<&'a Migration>> {
    if let Some(half) = standings
        .iter()
        .find(|one| matches!(one.state, State::Partial | State::Failed | State::Undoing))
    {
        return Err(
            Failure::user(format!("version {} stopped half way", half.version))
                .hint("put that right first: see `db migrate repair --help`"),
        );
    }
    if let Known::UpTo(version) = known
        && !standings
            .iter()
            .any(|one| one.version == version && one.migration.is_some())
    {
        return Err(
            Failure::user(format!("there is no file of version {version}")).hint("see `db migrate status`")
        );
    }
    let is_known = |version: i64| match known {
        Known::UpTo(last) => version <= last,
        Known::These { versions, .. } => versions.contains(&version),
    };
    let pending = standings
        .iter()
        .filter(|one| one.state == State::Pending && is_known(one.version));
    Ok(pending.filter_map(|one| one.migration).collect())
}

fn report(request: Request<'_>, known: Known<'_>, history: &History) -> Result<Report> {
    let dialect = request.dialect();
    let standings = standing::compare(request.migrations, &history.rows, dialect);
    let changes = pending(&standings, known)?
        .into_iter()
        .map(|migration| Ok(change(migration, &Job::read(&migration.up, dialect)?)))
        .collect::<Result<Vec<Change>>>()?;
    let applied = history
        .rows
        .iter()
        .filter(|row| row.success)
        .map(|row| row.version);
    Ok(Report {
        keeper: history.keeper,
        newest: applied.max(),
        warnings: standing::remarks(&standings),
        changes,
    })
}

/// The part that has the lock: all versions are recorded, or none.
async fn write(
    request: Request<'_>,
    known: Known<'_>,
    database: &mut Database,
    observer: Observer<'_>,
) -> Result<Report> {
    let dialect = request.dialect();
    let history = History::read(database, request.url, request.migrations.layout).await?;
    let mut report = report(request, known, &history)?;
    let standings = standing::compare(request.migrations, &history.rows, dialect);
    let engine = database.engine();
    let mut writer = Writer {
        database,
        url: request.url,
        keeper: history.keeper,
        actor: request.actor,
        action: match known {
            Known::UpTo(_) => "baseline",
            Known::These { action, .. } => action,
        },
    };
    writer.prepare().await?;
    control(&mut writer, sql!(engine, "begin.sql")).await?;
    for migration in pending(&standings, known)? {
        let job = Job::read(&migration.up, dialect)?;
        if let Err(failure) = writer.record(migration, &job, Duration::ZERO).await {
            roll_back(&mut writer).await;
            return Err(failure);
        }
    }
    control(&mut writer, sql!(engine, "commit.sql")).await?;
    for change in &mut report.changes {
        change.took = Some(Duration::ZERO);
        observer(Event::Done(change));
    }
    report.newest = report
        .newest
        .max(report.changes.iter().map(|change| change.version).max());
    Ok(report)
}
