//! `jobs schedule` at the terminal.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::ui::{BAD, DIM, GOOD, WARN, styled};
use crate::cli::{Context, Format, Outcome};
use crate::failure::{Failure, Result};
use crate::io::clock;
use crate::jobs::job::State;
use crate::jobs::queue::Queue;
use crate::jobs::schedule::{Schedule as Kept, Tick};
use crate::store::Url;
use crate::text::{nearest, printable};

use super::answer::{DatabaseName, database};
use super::{JobArguments, Where};

/// Ticks shown of a schedule in JSON.
const SHOWN_TICKS: usize = 10;

#[derive(Debug, clap::Args)]
pub struct Schedule {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Enqueue a job whenever a cron pattern says so.
    Add(Add),
    /// List the schedules, when they come next and how they went last.
    List(List),
    /// Remove a schedule; what it has enqueued stays.
    Remove(Named),
    /// Enqueue the job of a schedule now.
    Run(Named),
}

#[derive(Debug, clap::Args)]
struct Add {
    /// What to call it.
    #[arg(value_name = "NAME")]
    name: String,
    /// When: `minute hour day month weekday`, with seconds in front if need be, or `@hourly`, `@daily`.
    #[arg(value_name = "CRON")]
    cron: String,
    /// What is to be done: the name of a handler.
    #[arg(value_name = "KIND")]
    kind: String,
    /// The zone of the pattern's hours, as in `Europe/Berlin`.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    #[command(flatten)]
    job: JobArguments,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, clap::Args)]
struct Named {
    /// The schedule.
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    place: Where,
}

/// Answer of `jobs schedule add`, `remove` and `run` with `--format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Changed {
    schema_version: u32,
    database: DatabaseName,
    /// `add`, `remove` or `run`.
    verb: &'static str,
    name: String,
    /// After `add`: milliseconds since 1970.
    next_at: Option<i64>,
    /// After `run`: the job.
    job: Option<i64>,
}

/// Answer of `jobs schedule list --format json`. Times are milliseconds since 1970.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listed {
    schema_version: u32,
    database: DatabaseName,
    schedules: Vec<One>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct One {
    name: String,
    cron: String,
    time_zone: String,
    kind: String,
    /// JSON, as it was given.
    payload: String,
    priority: i32,
    max_attempts: u32,
    /// Null when the pattern names no time to come.
    next_at: Option<i64>,
    /// The latest, newest first.
    ticks: Vec<OneTick>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OneTick {
    /// The time it was for.
    at: i64,
    /// Asked for with `jobs schedule run`.
    manual: bool,
    job: i64,
    /// Null when the job is no longer kept.
    state: Option<&'static str>,
    error: Option<String>,
}

pub fn run(arguments: &Schedule, context: &Context) -> Result<Outcome> {
    match &arguments.verb {
        Verb::Add(verb) => add(verb, context),
        Verb::List(verb) => list(verb, context),
        Verb::Remove(verb) => remove(verb, context),
        Verb::Run(verb) => trigger(verb, context),
    }
}

fn add(verb: &Add, context: &Context) -> Result<Outcome> {
    let url = verb.place.url(context)?;
    let job = verb.job.job(&verb.kind)?;
    let schedule = context.block_on(async {
        let mut queue = Queue::open(&url).await?;
        let schedule = queue
            .add_schedule(&verb.name, &verb.cron, &verb.time_zone, job)
            .await?;
        queue.close().await?;
        Ok(schedule)
    })?;
    let next = schedule.next_at.map(clock::written).unwrap_or_default();
    tell(
        context,
        &url,
        ("add", "added", &format!("{}, next at {next}", schedule.name)),
        &schedule.name,
        schedule.next_at,
        None,
    )
}

fn remove(verb: &Named, context: &Context) -> Result<Outcome> {
    let url = verb.place.url(context)?;
    context.block_on(async {
        let Some(mut queue) = Queue::look(&url).await? else {
            return Err(unknown(&verb.name, &url, &[]));
        };
        if !queue.remove_schedule(&verb.name).await? {
            return Err(unknown(&verb.name, &url, &queue.schedules().await?));
        }
        queue.close().await
    })?;
    tell(
        context,
        &url,
        ("remove", "removed", &verb.name),
        &verb.name,
        None,
        None,
    )
}

fn trigger(verb: &Named, context: &Context) -> Result<Outcome> {
    let url = verb.place.url(context)?;
    let job = context.block_on(async {
        let Some(mut queue) = Queue::look(&url).await? else {
            return Err(unknown(&verb.name, &url, &[]));
        };
        let Some(job) = queue.trigger(&verb.name).await? else {
            return Err(unknown(&verb.name, &url, &queue.schedules().await?));
        };
        queue.close().await?;
        Ok(job)
    })?;
    let text = format!("{} as job {job}", verb.name);
    tell(
        context,
        &url,
        ("run", "enqueued", &text),
        &verb.name,
        None,
        Some(job),
    )
}

fn unknown(name: &str, url: &Url, schedules: &[Kept]) -> Failure {
    let failure = Failure::user(format!("there is no schedule `{name}` in `{url}`"));
    match nearest(name, schedules.iter().map(|schedule| schedule.name.as_str())) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("packwright jobs schedule list"),
    }
}

/// `words` are the verb of the command, the verb of the line and its object.
fn tell(
    context: &Context,
    url: &Url,
    words: (&'static str, &str, &str),
    name: &str,
    next_at: Option<i64>,
    job: Option<i64>,
) -> Result<Outcome> {
    let (verb, done, object) = words;
    if context.format == Format::Json {
        context.ui.print_json(&Changed {
            schema_version: 1,
            database: database(url),
            verb,
            name: name.to_owned(),
            next_at,
            job,
        })?;
    } else {
        context.ui.status(done, printable(object));
    }
    Ok(Outcome::Clean)
}

fn list(verb: &List, context: &Context) -> Result<Outcome> {
    let url = verb.place.url(context)?;
    let found: Vec<(Kept, Vec<Tick>)> = context.block_on(async {
        let Some(mut queue) = Queue::look(&url).await? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for schedule in queue.schedules().await? {
            let ticks = queue.ticks(&schedule.name, SHOWN_TICKS).await?;
            found.push((schedule, ticks));
        }
        queue.close().await?;
        Ok(found)
    })?;
    if context.format == Format::Json {
        context.ui.print_json(&Listed {
            schema_version: 1,
            database: database(&url),
            schedules: found.into_iter().map(one).collect(),
        })?;
        return Ok(Outcome::Clean);
    }
    for (schedule, ticks) in &found {
        context.ui.print(line(schedule, ticks))?;
    }
    let count = crate::cli::changes::counted(found.len(), "schedule");
    context.ui.print(printable(&format!("{count}: {url}")))?;
    Ok(Outcome::Clean)
}

/// `   nightly  30 3 * * *  backup  next at 2026-11-22T03:30:00Z, last: job 12 done`
fn line(schedule: &Kept, ticks: &[Tick]) -> String {
    let mut remarks = vec![match schedule.next_at {
        Some(at) => format!("next at {}", clock::written(at)),
        None => "comes no more".to_owned(),
    }];
    let last = ticks.first();
    remarks.extend(last.map(|tick| {
        let state = tick.state.map_or("forgotten", State::name);
        let error = tick
            .error
            .as_ref()
            .map(|error| format!(" ({error})"))
            .unwrap_or_default();
        format!(
            "last at {}: job {} {state}{error}",
            clock::written(tick.at),
            tick.job
        )
    }));
    let style = match last.and_then(|tick| tick.state) {
        Some(State::Dead) => BAD,
        Some(State::Delayed) => WARN,
        _ => GOOD,
    };
    let zone = match schedule.time_zone.as_str() {
        "UTC" => String::new(),
        zone => format!(" {zone}"),
    };
    format!(
        "{}  {}{}  {}  {}",
        styled(style, format_args!("{:>10}", printable(&schedule.name))),
        printable(&schedule.cron),
        printable(&zone),
        printable(schedule.job.kind()),
        styled(DIM, printable(&remarks.join(", ")))
    )
}

fn one((schedule, ticks): (Kept, Vec<Tick>)) -> One {
    One {
        kind: schedule.job.kind().to_owned(),
        payload: schedule.job.payload().to_owned(),
        priority: schedule.job.priority,
        max_attempts: schedule.job.retry.max_attempts,
        name: schedule.name,
        cron: schedule.cron,
        time_zone: schedule.time_zone,
        next_at: schedule.next_at,
        ticks: ticks
            .into_iter()
            .map(|tick| OneTick {
                at: tick.at,
                manual: tick.is_manual,
                job: tick.job,
                state: tick.state.map(State::name),
                error: tick.error,
            })
            .collect(),
    }
}
