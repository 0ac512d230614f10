//! `db migrate plan --execute`: pending migrations run where it does no harm, and what each of them did.
//!
//! In a scratch database the applied files are run first, so that the pending ones find their tables; these are empty, so locks and
//! rewrites are those of the real run, but times and numbers of rows are not. In a transaction that is rolled back the real rows are
//! there, and so are the real locks, for as long as it takes.

use std::time::Duration;

use crate::failure::Result;
use crate::io::clock::Stopwatch;
use crate::store::{Database, Explain as _, Scratch, Url};

use super::beyond::reaches_beyond;
use super::effects::{Effects, Snapshot, measure};
use super::execute::{control, roll_back};
use super::history::{Keeper, sql};
use super::migrate::{Observer, Request, close, lock, look};
use super::migrations::Migration;
use super::plan::{self, Step, UpTo};
use super::record::{Actor, Writer};
use super::run::{self, TableLocks};
use super::script::Job;
use super::standing::{self, State};
use super::verify::Ground;

/// Where the pending migrations are run.
#[derive(Debug, Clone, Copy)]
pub enum Stage<'a> {
    Scratch(Ground<'a>),
    /// In the database itself, in one transaction that is rolled back. A lock is waited for only so long.
    Transaction(Duration),
}

/// One migration and what it did.
#[derive(Debug, Clone)]
pub struct Rehearsed {
    pub version: i64,
    pub description: String,
    pub file: String,
    pub statements: usize,
    pub in_transaction: bool,
    pub outcome: Outcome,
}

#[derive(Debug, Clone)]
pub enum Outcome {
    /// It was not asked to run.
    Planned,
    Ran(Effects),
    /// Message and causes.
    Failed(String, Vec<String>),
    NotRun(String),
}

/// What `plan` tells.
#[derive(Debug)]
pub struct Rehearsal {
    pub keeper: Keeper,
    pub migrations: Vec<Rehearsed>,
    pub warnings: Vec<String>,
    /// What stands between these numbers and those of the real run.
    pub limits: Vec<&'static str>,
}

impl Rehearsal {
    pub fn has_failed(&self) -> bool {
        let mut all = self.migrations.iter();
        all.any(|one| matches!(one.outcome, Outcome::Failed(..)))
    }
}

/// Tells what `up` would do, and with a stage what happens when it is done.
pub async fn rehearse(
    request: Request<'_>,
    to: UpTo,
    stage: Option<Stage<'_>>,
    observer: Observer<'_>,
) -> Result<Rehearsal> {
    super::migrate::refuse_faults(request.migrations)?;
    let dialect = request.dialect();
    let (database, history) = look(request).await?;
    let standings = standing::compare(request.migrations, &history.rows, dialect);
    let steps = plan::up(&standings, to)?;
    let jobs = steps
        .iter()
        .map(|step| Job::read(&step.migration.up, dialect))
        .collect::<Result<Vec<_>>>()?;
    let mut rehearsal = Rehearsal {
        keeper: history.keeper,
        migrations: Vec::new(),
        warnings: standing::remarks(&standings),
        limits: Vec::new(),
    };
    rehearsal
        .warnings
        .extend(jobs.iter().flat_map(|job| job.warnings.iter().cloned()));
    let pending: Vec<(&Step<'_>, &Job<'_>)> = steps.iter().zip(&jobs).collect();
    match (stage, database) {
        (None, database) => {
            close(database, request.url).await?;
            let planned = pending
                .iter()
                .map(|(step, job)| rehearsed(step, job, Outcome::Planned));
            rehearsal.migrations = planned.collect();
        }
        (_, database) if pending.is_empty() => close(database, request.url).await?,
        (Some(Stage::Transaction(patience)), Some(mut database)) => {
            rehearsal.limits = in_transaction_limits(request.url);
            let lock = lock(request, &mut database, observer).await?;
            let done = in_transaction(request.url, &mut database, history.keeper, &pending, patience).await;
            let released = lock.release(&mut database, request.url).await;
            rehearsal.migrations = done?;
            released?;
            database.close(request.url).await?;
        }
        // There is no database yet, so an empty one is as good.
        (Some(stage), database) => {
            close(database, request.url).await?;
            let beside = match stage {
                Stage::Scratch(Ground::At(url)) => url,
                _ => request.url,
            };
            let may_harm = !matches!(stage, Stage::Scratch(Ground::At(_)));
            rehearsal.limits = scratch_limits(request.url);
            let before: Vec<&Migration> = standings
                .iter()
                .filter(|one| matches!(one.state, State::Applied | State::Reformatted))
                .filter_map(|one| one.migration)
                .collect();
            let scratch = Scratch::beside(beside).await?;
            let done = match scratch.open().await {
                Ok(mut database) => {
                    let done =
                        in_scratch(&scratch.url, &mut database, &before, &pending, request, may_harm).await;
                    database.close(&scratch.url).await.and(done)
                }
                Err(failure) => Err(failure),
            };
            scratch.remove().await?;
            rehearsal.migrations = done?;
        }
    }
    Ok(rehearsal)
}

fn scratch_limits(url: &Url) -> Vec<&'static str> {
    match url.engine() {
        crate::store::Engine::Postgres => vec![
            "run in an empty scratch database: locks and rewrites are those of the real run, times and rows are not",
        ],
        crate::store::Engine::Sqlite => vec![
            "run in an empty scratch database: times and rows are not those of the real run",
            SQLITE_LOCKS,
        ],
    }
}

fn in_transaction_limits(url: &Url) -> Vec<&'static str> {
    match url.engine() {
        crate::store::Engine::Postgres => {
            vec!["run in the database itself and rolled back; only sequences keep their new values"]
        }
        crate::store::Engine::Sqlite => vec!["run in the database itself and rolled back", SQLITE_LOCKS],
    }
}

const SQLITE_LOCKS: &str =
    "SQLite locks no single tables: each migration keeps every other writer out until it is committed";

fn rehearsed(step: &Step<'_>, job: &Job<'_>, outcome: Outcome) -> Rehearsed {
    Rehearsed {
        version: step.migration.version,
        description: step.migration.description.clone(),
        file: job.source.path().to_string(),
        statements: job.statements().len(),
        in_transaction: job.in_transaction,
        outcome,
    }
}

type Pending<'a> = [(&'a Step<'a>, &'a Job<'a>)];

async fn in_transaction(
    url: &Url,
    database: &mut Database,
    keeper: Keeper,
    pending: &Pending<'_>,
    patience: Duration,
) -> Result<Vec<Rehearsed>> {
    let mut writer = Writer {
        database,
        url,
        keeper,
        actor: &Actor::default(),
        action: "plan",
    };
    let engine = writer.database.engine();
    control(&mut writer, sql!(engine, "begin.sql")).await?;
    let mut done = Vec::new();
    let mut stop: Option<String> = None;
    for (step, job) in pending {
        let outcome = match &stop {
            Some(why) => Outcome::NotRun(why.clone()),
            None if !job.in_transaction || step.done > 0 => {
                Outcome::NotRun("it runs without transaction, so it could not be rolled back".to_owned())
            }
            None => {
                if let Database::Postgres(connection) = &mut *writer.database {
                    sqlx::query(include_str!("sql/postgres/patience.sql"))
                        .bind(format!("{}ms", patience.as_millis()))
                        .execute(&mut **connection)
                        .await
                        .explain(url, "could not be told how long to wait for locks")?;
                }
                measured(&mut writer, job).await
            }
        };
        match &outcome {
            Outcome::Failed(..) => stop = Some("the one before it failed".to_owned()),
            Outcome::NotRun(_) => {
                stop.get_or_insert_with(|| {
                    format!(
                        "it may stand on version {}, which was not run",
                        step.migration.version
                    )
                });
            }
            Outcome::Planned | Outcome::Ran(_) => {}
        }
        done.push(rehearsed(step, job, outcome));
    }
    roll_back(&mut writer).await;
    control(&mut writer, sql!(engine, "restore_session.sql")).await?;
    Ok(done)
}

async fn in_scratch(
    url: &Url,
    database: &mut Database,
    before: &[&Migration],
    pending: &Pending<'_>,
    request: Request<'_>,
    may_harm: bool,
) -> Result<Vec<Rehearsed>> {
    let dialect = request.dialect();
    let mut writer = Writer {
        database,
        url,
        keeper: Keeper::Sqlx,
        actor: &Actor::default(),
        action: "plan",
    };
    writer.prepare().await?;
    for &migration in before {
        let job = Job::read(&migration.up, dialect)?;
        if let Some(failure) = reaches_beyond(&job, dialect).filter(|_| may_harm) {
            return Err(failure);
        }
        apply(&mut writer, migration, &job)
            .await
            .map_err(|failure| failure.during("the applied files cannot be run in a scratch database"))?;
    }
    let mut done = Vec::new();
    let mut failed = false;
    for (step, job) in pending {
        let outcome = if failed {
            Outcome::NotRun("the one before it failed".to_owned())
        } else {
            match reaches_beyond(job, dialect).filter(|_| may_harm) {
                Some(failure) => Outcome::Failed(failure.message, failure.hints),
                None => run_in_scratch(&mut writer, step.migration, job).await?,
            }
        };
        failed |= matches!(outcome, Outcome::Failed(..));
        done.push(rehearsed(step, job, outcome));
    }
    Ok(done)
}

async fn apply(writer: &mut Writer<'_>, migration: &Migration, job: &Job<'_>) -> Result<()> {
    let step = Step {
        migration,
        done: 0,
        in_doubt: false,
    };
    run::apply(writer, &step, None, job, TableLocks::PATIENT, &mut |_| {})
        .await
        .map(drop)
}

async fn run_in_scratch(writer: &mut Writer<'_>, migration: &Migration, job: &Job<'_>) -> Result<Outcome> {
    let engine = writer.database.engine();
    if !job.in_transaction {
        let watch = Stopwatch::start();
        let before = Snapshot::take(writer).await?;
        let applied = apply(writer, migration, job).await;
        let took = watch.elapsed();
        return Ok(match applied {
            Ok(()) => {
                let after = Snapshot::take(writer).await?;
                let (rewritten, rebuilt_indexes) = before.rewritten(&after);
                Outcome::Ran(Effects {
                    took,
                    rewritten,
                    rebuilt_indexes,
                    ..Effects::default()
                })
            }
            Err(failure) => Outcome::Failed(failure.message, failure.causes),
        });
    }
    control(writer, sql!(engine, "begin.sql")).await?;
    let outcome = measured(writer, job).await;
    if matches!(outcome, Outcome::Ran(_)) {
        // Constraints that were deferred speak up here.
        if let Err(failure) = super::execute::commit(writer, job).await {
            roll_back(writer).await;
            return Ok(Outcome::Failed(failure.message, failure.causes));
        }
        control(writer, sql!(engine, "restore_session.sql")).await?;
    } else {
        roll_back(writer).await;
    }
    Ok(outcome)
}

async fn measured(writer: &mut Writer<'_>, job: &Job<'_>) -> Outcome {
    match measure(writer, job).await {
        Ok(effects) => Outcome::Ran(effects),
        Err(failure) => Outcome::Failed(failure.message, failure.causes),
    }
}
