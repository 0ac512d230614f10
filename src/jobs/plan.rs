//! How to work, what is told meanwhile, and what came of it.

use std::sync::Arc;
use std::time::Duration;

use crate::failure::Failure;

use super::job::{Claimed, Outcome};

/// When to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// When told to stop.
    Stopped,
    /// When nothing is ready.
    Drained,
    /// After one batch for each worker.
    Once,
}

/// How to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Jobs at a time.
    pub workers: usize,
    /// Jobs that a worker claims at once, to run one after the other.
    pub batch: usize,
    /// How long a job stays with a worker that stopped answering.
    pub lease: Duration,
    /// How long an idle worker waits before it looks again.
    pub poll: Duration,
    /// How long running jobs have to end after the first sign to stop.
    pub window: Duration,
    /// How long done jobs are kept.
    pub keep: Duration,
    pub until: Until,
    /// Who this is, for people.
    pub name: String,
    /// See [`super::queue::Queue::relax_durability`].
    pub relaxed: bool,
}

/// What happens.
#[derive(Debug)]
pub enum Event<'a> {
    Begun(&'a Claimed),
    /// A claim that ended and was recorded.
    Ended {
        job: &'a Claimed,
        outcome: Outcome,
        error: Option<&'a str>,
        took: Duration,
        /// Milliseconds to the next attempt.
        delay: i64,
    },
    /// The job is someone else's by now: what was done for it does not count.
    Fenced(&'a Claimed),
    /// So many jobs were left behind by workers that stopped answering.
    Revived(u64),
    /// A schedule enqueued its job.
    Ticked(&'a str),
    /// The database does not answer; it is tried again.
    Trouble(&'a Failure),
    /// Stopping: so many jobs still run.
    Stopping(usize),
}

/// Who is told what happens.
pub type Observer = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    pub done: u64,
    pub failed: u64,
    pub dead: u64,
    pub released: u64,
    /// Completions that did not count, because the lease was over and another had the job.
    pub fenced: u64,
}
