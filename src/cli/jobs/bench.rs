//! `jobs bench` at the terminal.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{Context, Format, Outcome};
use crate::failure::Result;
use crate::io::host;
use crate::jobs::bench;
use crate::jobs::plan::{Plan, Until};
use crate::text::printable;

use super::Where;
use super::answer::{DatabaseName, database};

/// Jobs that do nothing are enqueued, drained and removed.
#[derive(Debug, clap::Args)]
pub struct Bench {
    /// How many jobs.
    #[arg(long, value_name = "COUNT", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..))]
    jobs: u32,
    /// Workers, each with a connection of its own on PostgreSQL.
    #[arg(long, value_name = "COUNT", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: u16,
    /// Jobs in one claim and one completion.
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    batch: u16,
    /// `off` answers commits before they are on the disk: for this session on PostgreSQL, as `synchronous = NORMAL` on SQLite.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    synchronous_commit: Switch,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Switch {
    #[default]
    On,
    Off,
}

/// Answer of `jobs bench --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    schema_version: u32,
    database: DatabaseName,
    jobs: u64,
    workers: u16,
    batch: u16,
    synchronous_commit: bool,
    enqueue_seconds: f64,
    enqueued_per_second: f64,
    drain_seconds: f64,
    drained_per_second: f64,
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn rate(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(1e-9)
}

pub fn run(arguments: &Bench, context: &Context) -> Result<Outcome> {
    let url = arguments.place.url(context)?;
    let relaxed = arguments.synchronous_commit == Switch::Off;
    let name = format!("{}:{}", host::name(), host::process_id());
    let kind = format!("packwright-bench-{}", host::process_id());
    let plan = Plan {
        workers: usize::from(arguments.workers),
        batch: usize::from(arguments.batch),
        lease: Duration::from_secs(30),
        poll: Duration::from_millis(500),
        window: Duration::ZERO,
        // The user's own jobs are none of a benchmark's business.
        keep: Duration::MAX,
        until: Until::Drained,
        name,
        relaxed,
    };
    let count = usize::try_from(arguments.jobs).unwrap_or(usize::MAX);
    let measured = context.block_on_heeding(|stop| bench::run(&url, count, &kind, plan, stop))?;
    let done = measured.totals.done;
    let answer = Answer {
        schema_version: 1,
        database: database(&url),
        jobs: done,
        workers: arguments.workers,
        batch: arguments.batch,
        synchronous_commit: !relaxed,
        enqueue_seconds: measured.enqueueing.as_secs_f64(),
        enqueued_per_second: rate(u64::from(arguments.jobs), measured.enqueueing),
        drain_seconds: measured.draining.as_secs_f64(),
        drained_per_second: rate(done, measured.draining),
    };
    if context.format == Format::Json {
        context.ui.print_json(&answer)?;
        return Ok(Outcome::Clean);
    }
    let line = |verb: &str, time: f64, rate: f64| {
        format!(
            "{verb:>10} {:>8} jobs in {time:.2} s  {rate:>8.0} jobs/s",
            answer.jobs
        )
    };
    context.ui.print(line(
        "enqueued",
        answer.enqueue_seconds,
        answer.enqueued_per_second,
    ))?;
    context
        .ui
        .print(line("drained", answer.drain_seconds, answer.drained_per_second))?;
    let commits = if relaxed { "off" } else { "on" };
    context.ui.print(printable(&format!(
        "{} workers, batch {}, synchronous commit {commits}: {url}",
        arguments.workers, arguments.batch
    )))?;
    Ok(Outcome::Clean)
}
