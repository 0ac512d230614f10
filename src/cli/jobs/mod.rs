//! `jobs`: the queue at the terminal.

pub(super) mod answer;
pub(super) mod bench;
mod list;
pub(super) mod schedule;
pub(super) mod work;

use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::io::files;
use crate::jobs::backoff::RetryPolicy;
use crate::jobs::job::NewJob;
use crate::jobs::queue::Queue;
use crate::store::Url;
use crate::text::printable;

use super::changes::counted;
use super::db::database_url;
use super::{Context, Format, Outcome};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Put a job into the queue.
    Enqueue(Enqueue),
    /// List jobs: what runs, then what will, in its order.
    List(list::List),
    /// Show one job with its payload and every run of it.
    Show(list::Show),
    /// Run jobs with the handlers of the settings until stopped.
    ///
    /// `[jobs.handlers]` of packwright.toml names a program for each kind of job. It gets the payload on standard input and
    /// `PACKWRIGHT_JOB_ID`, `_KIND`, `_ATTEMPT` and `_TOKEN` in its environment. Exit code 0 means done, 65 dead at once, every
    /// other (75 by custom) to be tried again; the end of what it prints is kept, without secrets. After a crash a job may be run
    /// again, so a handler must bear that.
    ///
    /// Ctrl-C stops claiming, lets running jobs end within the window and hands back the rest. Exit code 1 when a job was given up.
    Work(work::Work),
    /// Begin dead jobs anew, and waiting ones at once.
    Retry(Retry),
    /// List the jobs that were given up, and why.
    Dead(list::Dead),
    /// Enqueue jobs by the clock.
    Schedule(schedule::Schedule),
    /// Measure how many jobs a second the database can take.
    Bench(bench::Bench),
}

/// Which queue.
#[derive(Debug, Clone, clap::Args)]
struct Where {
    /// The database: `sqlite:path` or `postgres://…`; by default `DATABASE_URL`, then the settings.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
}

impl Where {
    fn url(&self, context: &Context) -> Result<Url> {
        database_url(self.database_url.as_deref(), context)
    }
}

/// What a job is, apart from its kind.
#[derive(Debug, Clone, clap::Args)]
struct JobArguments {
    /// What its handler is given: JSON, or `-` to read it from standard input.
    #[arg(long, value_name = "JSON", default_value = "null")]
    payload: String,
    /// Higher comes first.
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    priority: i32,
    /// How often it is begun before it is dead.
    #[arg(long, value_name = "COUNT", default_value_t = RetryPolicy::default().max_attempts,
        value_parser = clap::value_parser!(u32).range(1..))]
    max_attempts: u32,
    /// The longest wait after the first failure; it doubles with each, up to an hour.
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = span)]
    backoff: Duration,
}

impl JobArguments {
    fn job(&self, kind: &str) -> Result<NewJob> {
        let payload = if self.payload == "-" {
            String::from_utf8(files::read_stdin()?)
                .map_err(|error| Failure::user("the payload is not UTF-8").because(&error))?
        } else {
            self.payload.clone()
        };
        let mut job = NewJob::new(kind, &payload).map_err(|failure| {
            if self.payload == "-" {
                failure
            } else {
                failure.hint("quote it for the shell, as in --payload '{\"to\": \"ann\"}'")
            }
        })?;
        job.priority = self.priority;
        job.retry.max_attempts = self.max_attempts;
        job.retry.first = self.backoff;
        job.retry.limit = job.retry.limit.max(self.backoff);
        Ok(job)
    }
}

#[derive(Debug, clap::Args)]
pub struct Enqueue {
    /// What is to be done: the name of a handler.
    #[arg(value_name = "KIND")]
    kind: String,
    #[command(flatten)]
    job: JobArguments,
    /// How long to wait before it is ready, as in `90s`, `15m`, `2h`, `1d`.
    #[arg(long, value_name = "TIME", value_parser = span)]
    delay: Option<Duration>,
    /// Do nothing when an unfinished job has this key.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, clap::Args)]
pub struct Retry {
    /// Numbers of dead or delayed jobs.
    #[arg(value_name = "ID", conflicts_with = "dead")]
    ids: Vec<i64>,
    /// Every dead job.
    #[arg(long)]
    dead: bool,
    /// With `--dead`: of this kind.
    #[arg(long, value_name = "KIND", requires = "dead")]
    kind: Option<String>,
    #[command(flatten)]
    place: Where,
}

pub fn run(command: &Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::Enqueue(arguments) => enqueue(arguments, context),
        Command::List(arguments) => list::list(arguments, context),
        Command::Show(arguments) => list::show(arguments, context),
        Command::Work(arguments) => work::run(arguments, context),
        Command::Retry(arguments) => retry(arguments, context),
        Command::Dead(arguments) => list::dead(arguments, context),
        Command::Schedule(arguments) => schedule::run(arguments, context),
        Command::Bench(arguments) => bench::run(arguments, context),
    }
}

/// `90s`, `15m`, `2h`, `1d`, `250ms`; a bare number is seconds.
fn span(text: &str) -> std::result::Result<Duration, String> {
    let digits = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let in_milliseconds: u64 = match unit {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err("write it as in `90s`, `15m`, `2h`, `1d`".to_owned()),
    };
    let time = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(in_milliseconds));
    time.filter(|time| *time <= 100 * 366 * 86_400_000)
        .map(Duration::from_millis)
        .ok_or_else(|| "write a number of at most a hundred years, as in `90s`, `15m`, `2h`, `1d`".to_owned())
}

fn enqueue(arguments: &Enqueue, context: &Context) -> Result<Outcome> {
    let url = arguments.place.url(context)?;
    let mut job = arguments.job.job(&arguments.kind)?;
    job.delay = arguments.delay.unwrap_or_default();
    if let Some(key) = &arguments.key {
        job = job.with_key(key)?;
    }
    let enqueued = context.block_on(async {
        let mut queue = Queue::open(&url).await?;
        let enqueued = queue.enqueue(std::slice::from_ref(&job)).await?;
        queue.close().await?;
        Ok(enqueued)
    })?;
    let enqueued = enqueued
        .first()
        .ok_or_else(|| Failure::internal("the database has not said what became of the job"))?;
    if context.format == Format::Json {
        context.ui.print_json(&answer::enqueued(&url, &job, *enqueued))?;
        return Ok(Outcome::Clean);
    }
    let number = enqueued.id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    context.ui.print(&number)?;
    if enqueued.is_new {
        let text = format!("{} as job {number} in {url}", job.kind());
        context.ui.status("enqueued", printable(&text));
    } else {
        context.ui.note(format_args!(
            "nothing enqueued: job {number} has the key and is not finished"
        ));
    }
    Ok(Outcome::Clean)
}

fn retry(arguments: &Retry, context: &Context) -> Result<Outcome> {
    if arguments.ids.is_empty() && !arguments.dead {
        return Err(Failure::user("no job is named")
            .hint("name jobs by their numbers, or all dead ones with `--dead`"));
    }
    let url = arguments.place.url(context)?;
    let mut ready = context.block_on(async {
        let Some(mut queue) = Queue::look(&url).await? else {
            return Ok(Vec::new());
        };
        let ready = if arguments.dead {
            queue.retry_dead(arguments.kind.as_deref()).await?
        } else {
            queue.retry(&arguments.ids).await?
        };
        queue.close().await?;
        Ok(ready)
    })?;
    ready.sort_unstable();
    let left: Vec<i64> = arguments
        .ids
        .iter()
        .copied()
        .filter(|id| !ready.contains(id))
        .collect();
    if context.format == Format::Json {
        context.ui.print_json(&answer::retried(&url, &ready, &left))?;
    } else {
        context.ui.status(
            "ready",
            printable(&format!("{} in {url}", counted(ready.len(), "job"))),
        );
        for id in &left {
            context.ui.warn(format_args!(
                "job {id} stays as it is: it is neither dead nor delayed, or another job has its key"
            ));
        }
    }
    Ok(if left.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Problems
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units() {
        assert_eq!(span("90"), Ok(Duration::from_secs(90)));
        assert_eq!(span("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(span("2h"), Ok(Duration::from_hours(2)));
        for wrong in ["", "s", "2w", "-1s", "1.5h", "99999999999999999999d", "40000d"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
