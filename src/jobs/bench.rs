//! How fast the queue is: jobs that do nothing, enqueued and drained, on the configured database.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::failure::{Failure, Result};
use crate::io::clock::Stopwatch;
use crate::store::Url;

use super::handler::{Handlers, Nothing};
use super::job::NewJob;
use super::plan::{Plan, Totals};
use super::queue::Queue;
use super::work;

/// Jobs that are enqueued in one transaction.
const PORTION: usize = 1_000;

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub enqueueing: Duration,
    pub draining: Duration,
    pub totals: Totals,
}

/// Enqueues `count` jobs of a kind that nobody else has, drains them, and removes them, also when `stop` counts.
pub async fn run(
    url: &Url,
    count: usize,
    kind: &str,
    plan: Plan,
    stop: watch::Receiver<u32>,
) -> Result<Measured> {
    let mut queue = Queue::open(url).await?;
    if plan.relaxed {
        queue.relax_durability().await?;
    }
    let result = measure(&mut queue, url, (count, kind), plan, stop).await;
    queue.delete_kind(kind).await?;
    queue.close().await?;
    result
}

async fn measure(
    queue: &mut Queue,
    url: &Url,
    (count, kind): (usize, &str),
    plan: Plan,
    stop: watch::Receiver<u32>,
) -> Result<Measured> {
    let job = NewJob::new(kind, "{}")?;
    let portion = vec![job; PORTION];
    let watch = Stopwatch::start();
    let mut left = count;
    let interrupted = || *stop.borrow() > 0;
    while left > 0 && !interrupted() {
        let now = left.min(PORTION);
        queue.enqueue(&portion[..now]).await?;
        left -= now;
    }
    let enqueueing = watch.elapsed();
    let mut handlers = Handlers::default();
    handlers.register(kind, Nothing);
    let watch = Stopwatch::start();
    let totals = work::work(url, handlers, plan, stop.clone(), Arc::new(|_| ())).await?;
    if interrupted() {
        return Err(Failure::interrupted("interrupted"));
    }
    Ok(Measured {
        enqueueing,
        draining: watch.elapsed(),
        totals,
    })
}
