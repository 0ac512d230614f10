//! `jobs list`, `jobs dead` and `jobs show`.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::cli::ui::{BAD, BOLD, DIM, GOOD, NOTE, WARN, styled};
use crate::cli::{Context, Format, Outcome};
use crate::failure::{Failure, Result};
use crate::io::clock;
use crate::jobs::job::{Run, Shown, State};
use crate::jobs::queue::Queue;
use crate::store::Url;
use crate::text::printable;

use super::{Where, answer};

/// Time between two looks of `--watch`.
const EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, clap::Args)]
pub struct List {
    /// Jobs in this state; without it all but those done.
    #[arg(long, value_enum, value_name = "STATE")]
    state: Vec<StateName>,
    /// Jobs of this kind.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Most jobs.
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: usize,
    /// Look again every second.
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, clap::Args)]
pub struct Dead {
    /// Jobs of this kind.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Most jobs.
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, clap::Args)]
pub struct Show {
    /// Number of the job.
    #[arg(value_name = "ID")]
    id: i64,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum StateName {
    Delayed,
    Ready,
    Running,
    Done,
    Dead,
}

impl From<StateName> for State {
    fn from(name: StateName) -> Self {
        match name {
            StateName::Delayed => Self::Delayed,
            StateName::Ready => Self::Ready,
            StateName::Running => Self::Running,
            StateName::Done => Self::Done,
            StateName::Dead => Self::Dead,
        }
    }
}

/// What to look for.
struct Look<'a> {
    url: Url,
    states: Vec<State>,
    kind: Option<&'a str>,
    limit: usize,
}

/// What was found, and when by the clock of the database.
struct Found {
    counts: BTreeMap<State, u64>,
    jobs: Vec<Shown>,
    now: i64,
}

pub fn list(arguments: &List, context: &Context) -> Result<Outcome> {
    let states = match arguments.state.as_slice() {
        [] => vec![State::Running, State::Ready, State::Delayed, State::Dead],
        states => states.iter().map(|name| State::from(*name)).collect(),
    };
    let look = Look {
        url: arguments.place.url(context)?,
        states,
        kind: arguments.kind.as_deref(),
        limit: arguments.limit,
    };
    if !arguments.watch {
        return answer(&look, context);
    }
    if context.format == Format::Json {
        return Err(Failure::user("`--watch` prints for people, not JSON")
            .hint("ask again and again instead: packwright jobs list --format json"));
    }
    context.block_on(async {
        loop {
            let found = find(&look, &mut |_| ()).await?;
            context.ui.clear_screen()?;
            print(&look, &found, context)?;
            context.ui.flush()?;
            tokio::time::sleep(EVERY).await;
        }
    })
}

pub fn dead(arguments: &Dead, context: &Context) -> Result<Outcome> {
    let look = Look {
        url: arguments.place.url(context)?,
        states: vec![State::Dead],
        kind: arguments.kind.as_deref(),
        limit: arguments.limit,
    };
    answer(&look, context)
}

fn answer(look: &Look<'_>, context: &Context) -> Result<Outcome> {
    let found = context.block_on(find(look, &mut |words| context.ui.warn(words)))?;
    if context.format == Format::Json {
        context
            .ui
            .print_json(&answer::listed(&look.url, &found.counts, found.jobs))?;
    } else {
        print(look, &found, context)?;
    }
    Ok(Outcome::Clean)
}

async fn find(look: &Look<'_>, notice: &mut dyn FnMut(String)) -> Result<Found> {
    let Some(mut queue) = Queue::read(&look.url, notice).await? else {
        return Ok(Found {
            counts: BTreeMap::new(),
            jobs: Vec::new(),
            now: 0,
        });
    };
    let counts = queue.counts().await?;
    let jobs = queue.list(&look.states, look.kind, look.limit).await?;
    let now = queue.time().await?;
    queue.close().await?;
    Ok(Found { counts, jobs, now })
}

fn print(look: &Look<'_>, found: &Found, context: &Context) -> Result<()> {
    for job in &found.jobs {
        context.ui.print(line(job, found.now))?;
    }
    let counts: Vec<String> = State::ALL
        .into_iter()
        .filter_map(|state| {
            let count = found.counts.get(&state).filter(|count| **count > 0)?;
            Some(format!("{count} {}", state.name()))
        })
        .collect();
    let counts = if counts.is_empty() {
        "no jobs".to_owned()
    } else {
        counts.join(", ")
    };
    context.ui.print(printable(&format!("{counts}: {}", look.url)))
}

/// `   running       12  send-mail  for 3.2 s, attempt 2 of 10`
fn line(job: &Shown, now: i64) -> String {
    let style = match job.state {
        State::Running => NOTE,
        State::Ready | State::Done => GOOD,
        State::Delayed => WARN,
        State::Dead => BAD,
    };
    let mut remarks = Vec::new();
    match job.state {
        State::Running => {
            remarks.extend(job.started_at.map(|at| format!("for {}", time(now - at))));
            remarks.extend(job.worker.clone());
        }
        State::Ready => remarks.push(format!("since {}", time(now - job.run_at))),
        State::Delayed => remarks.push(format!("in {}", time(job.run_at - now))),
        State::Done | State::Dead => remarks.extend(job.finished_at.map(clock::written)),
    }
    if job.attempt > 1 || job.state == State::Dead || (job.state == State::Delayed && job.attempt > 0) {
        remarks.push(format!("attempt {} of {}", job.attempt, job.max_attempts));
    }
    if job.priority != 0 {
        remarks.push(format!("priority {}", job.priority));
    }
    remarks.extend(job.key.as_ref().map(|key| format!("key {key}")));
    if job.state != State::Done {
        remarks.extend(
            job.last_error
                .as_ref()
                .map(|error| format!("last error: {error}")),
        );
    }
    format!(
        "{} {:>8}  {}  {}",
        styled(style, format_args!("{:>10}", job.state.name())),
        job.id,
        printable(&job.kind),
        styled(DIM, printable(&remarks.join(", ")))
    )
}

/// `0.4 s`, `12 s`, `3 min`, `5 h`, `2 d` for a number of milliseconds; nothing below zero.
pub(super) fn time(milliseconds: i64) -> String {
    let milliseconds = milliseconds.max(0);
    match milliseconds / 1_000 {
        0..10 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ ..7_200 => format!("{} min", seconds / 60),
        seconds @ ..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

pub fn show(arguments: &Show, context: &Context) -> Result<Outcome> {
    let url = arguments.place.url(context)?;
    let found = context.block_on(async {
        let Some(mut queue) = Queue::look(&url).await? else {
            return Ok(None);
        };
        let Some(found) = queue.show(arguments.id).await? else {
            return Ok(None);
        };
        let now = queue.time().await?;
        queue.close().await?;
        Ok(Some((found, now)))
    })?;
    let Some(((job, payload, runs), now)) = found else {
        return Err(
            Failure::user(format!("there is no job {} in `{url}`", arguments.id))
                .hint("jobs that are done are forgotten after `jobs.keep_days` of the settings"),
        );
    };
    if context.format == Format::Json {
        context.ui.print_json(&answer::shown(&url, job, payload, runs))?;
        return Ok(Outcome::Clean);
    }
    context.ui.print(line(&job, now))?;
    context
        .ui
        .print(format_args!("{:>10} {}", "payload", printable(&payload)))?;
    for run in &runs {
        print_run(run, context)?;
    }
    Ok(Outcome::Clean)
}

fn print_run(run: &Run, context: &Context) -> Result<()> {
    let style = match run.outcome.as_str() {
        "done" => GOOD,
        "released" | "failed" => WARN,
        _ => BAD,
    };
    let mut remarks = vec![
        clock::written(run.started_at),
        format!("for {}", time(run.finished_at - run.started_at)),
        run.worker.clone(),
    ];
    remarks.extend(run.error.clone());
    context.ui.print(format_args!(
        "{} attempt {}  {}",
        styled(style, format_args!("{:>10}", run.outcome)),
        run.attempt,
        styled(DIM, printable(&remarks.join(", ")))
    ))?;
    for line in run.output.as_deref().unwrap_or_default().lines() {
        context.ui.print(format_args!(
            "{} {}",
            styled(BOLD, format_args!("{:>10}", "|")),
            printable(line)
        ))?;
    }
    Ok(())
}
