//! What `jobs` answers with `--format json`. These shapes are frozen: a change that is not an addition is a new version.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::jobs::job::{self, NewJob, Run, Shown, State};
use crate::store::Url;

/// A database without its password.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DatabaseName {
    url: String,
    /// `sqlite` or `postgres`.
    engine: &'static str,
}

pub fn database(url: &Url) -> DatabaseName {
    DatabaseName {
        url: url.to_string(),
        engine: url.engine().name(),
    }
}

/// Answer of `jobs enqueue --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Enqueued {
    schema_version: u32,
    database: DatabaseName,
    /// The new job, or the unfinished one that has the key; null when that ended in the meantime.
    id: Option<i64>,
    /// Whether it is new.
    new: bool,
    kind: String,
    key: Option<String>,
}

pub fn enqueued(url: &Url, job: &NewJob, enqueued: job::Enqueued) -> Enqueued {
    Enqueued {
        schema_version: 1,
        database: database(url),
        id: enqueued.id,
        new: enqueued.is_new,
        kind: job.kind().to_owned(),
        key: job.key().map(str::to_owned),
    }
}

/// Answer of `jobs list` and `jobs dead` with `--format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listed {
    schema_version: u32,
    database: DatabaseName,
    /// How many jobs there are in each state, listed or not.
    counts: BTreeMap<&'static str, u64>,
    jobs: Vec<Job>,
}

/// A job. Times are milliseconds since 1970 by the clock of the database.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Job {
    id: i64,
    kind: String,
    /// `delayed`, `ready`, `running`, `done` or `dead`.
    state: &'static str,
    priority: i64,
    key: Option<String>,
    /// How often it was begun since it was enqueued or redriven.
    attempt: i64,
    max_attempts: i64,
    run_at: i64,
    enqueued_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    /// Who had it last.
    worker: Option<String>,
    last_error: Option<String>,
}

pub fn listed(url: &Url, counts: &BTreeMap<State, u64>, jobs: Vec<Shown>) -> Listed {
    Listed {
        schema_version: 1,
        database: database(url),
        counts: State::ALL
            .into_iter()
            .map(|state| (state.name(), counts.get(&state).copied().unwrap_or_default()))
            .collect(),
        jobs: jobs.into_iter().map(one).collect(),
    }
}

fn one(job: Shown) -> Job {
    Job {
        id: job.id,
        kind: job.kind,
        state: job.state.name(),
        priority: job.priority,
        key: job.key,
        attempt: job.attempt,
        max_attempts: job.max_attempts,
        run_at: job.run_at,
        enqueued_at: job.enqueued_at,
        started_at: job.started_at,
        finished_at: job.finished_at,
        worker: job.worker,
        last_error: job.last_error,
    }
}

/// Answer of `jobs show --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ShownJob {
    schema_version: u32,
    database: DatabaseName,
    job: Job,
    /// JSON, as it was enqueued.
    payload: String,
    runs: Vec<JobRun>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JobRun {
    /// The fencing token of the claim.
    token: i64,
    attempt: i64,
    worker: String,
    started_at: i64,
    finished_at: i64,
    /// `done`, `failed`, `dead`, `lost` (the worker stopped answering) or `released` (handed back).
    outcome: String,
    exit_code: Option<i64>,
    error: Option<String>,
    /// The end of what its program printed, without secrets.
    output: Option<String>,
}

pub fn shown(url: &Url, job: Shown, payload: String, runs: Vec<Run>) -> ShownJob {
    ShownJob {
        schema_version: 1,
        database: database(url),
        job: one(job),
        payload,
        runs: runs
            .into_iter()
            .map(|run| JobRun {
                token: run.token,
                attempt: run.attempt,
                worker: run.worker,
                started_at: run.started_at,
                finished_at: run.finished_at,
                outcome: run.outcome,
                exit_code: run.exit_code,
                error: run.error,
                output: run.output,
            })
            .collect(),
    }
}

/// Answer of `jobs retry --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Retried {
    schema_version: u32,
    database: DatabaseName,
    /// The jobs that are ready now.
    ready: Vec<i64>,
    /// Those that were asked for and stay as they are: neither dead nor delayed, or another job has their key.
    unchanged: Vec<i64>,
}

pub fn retried(url: &Url, ready: &[i64], unchanged: &[i64]) -> Retried {
    Retried {
        schema_version: 1,
        database: database(url),
        ready: ready.to_vec(),
        unchanged: unchanged.to_vec(),
    }
}
