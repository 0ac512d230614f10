//! `jobs work` at the terminal: the handlers of the settings, and a line for every job.

use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::ui::{BAD, DIM, GOOD, Ui, WARN, styled};
use crate::cli::{Context, Format};
use crate::config;
use crate::failure::{Failure, Result};
use crate::io::host;
use crate::jobs::handler::Handlers;
use crate::jobs::job::{Claimed, Outcome};
use crate::jobs::mask::Mask;
use crate::jobs::plan::{Event, Observer, Plan, Totals, Until};
use crate::jobs::program::Program;
use crate::jobs::work;
use crate::text::printable;

use super::answer::{DatabaseName, database};
use super::list::time;
use super::{Where, span};

#[derive(Debug, clap::Args)]
pub struct Work {
    /// Jobs at a time.
    #[arg(long, value_name = "COUNT", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: u16,
    /// Jobs that a worker claims at once, to run one after the other: for jobs that take milliseconds.
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    batch: u16,
    /// Only jobs of these kinds.
    #[arg(long, value_name = "KIND")]
    kind: Vec<String>,
    /// End after one batch for each worker.
    #[arg(long, conflicts_with = "drain")]
    once: bool,
    /// End when nothing is ready.
    #[arg(long)]
    drain: bool,
    /// How long running jobs have to end after Ctrl-C; by default `jobs.grace_seconds` of the settings.
    #[arg(long, value_name = "TIME", value_parser = span)]
    grace: Option<Duration>,
    #[command(flatten)]
    place: Where,
}

/// Answer of `jobs work --format json`, when it ends.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    schema_version: u32,
    database: DatabaseName,
    done: u64,
    /// Attempts that failed and will be repeated.
    failed: u64,
    dead: u64,
    /// Handed back when told to stop.
    released: u64,
    /// Ended after the lease was over and another worker had the job; these do not count.
    fenced: u64,
}

pub fn run(arguments: &Work, context: &Context) -> Result<crate::cli::Outcome> {
    let url = arguments.place.url(context)?;
    let settings = &context.project()?.settings.jobs;
    let handlers = handlers(arguments, settings, context)?;
    let plan = Plan {
        workers: usize::from(arguments.workers),
        batch: usize::from(arguments.batch),
        lease: Duration::from_secs(settings.lease_seconds.max(1)),
        poll: Duration::from_millis(settings.poll_milliseconds.max(10)),
        window: arguments
            .grace
            .unwrap_or(Duration::from_secs(settings.grace_seconds)),
        keep: Duration::from_secs(settings.keep_days.saturating_mul(86_400)),
        until: match (arguments.once, arguments.drain) {
            (true, _) => Until::Once,
            (_, true) => Until::Drained,
            _ => Until::Stopped,
        },
        name: format!("{}:{}", host::name(), host::process_id()),
        relaxed: false,
    };
    if plan.until == Until::Stopped {
        let kinds: Vec<&str> = handlers.kinds().collect();
        let text = format!("{} from {url}; Ctrl-C ends", kinds.join(", "));
        context.ui.status("working", printable(&text));
    }
    let observer = teller(Arc::clone(&context.ui), context.format);
    let (totals, signs) = context.block_on_heeding(|stop| {
        let url = &url;
        async move {
            let totals = work::work(url, handlers, plan, stop.clone(), observer).await?;
            let signs = *stop.borrow();
            Ok((totals, signs))
        }
    })?;
    if context.format == Format::Json {
        context.ui.print_json(&Answer {
            schema_version: 1,
            database: database(&url),
            done: totals.done,
            failed: totals.failed,
            dead: totals.dead,
            released: totals.released,
            fenced: totals.fenced,
        })?;
    } else {
        context.ui.status("worked", summary(&totals));
    }
    if signs > 0 {
        return Err(Failure::interrupted(
            "interrupted; what was not done is back in the queue",
        ));
    }
    Ok(if totals.dead == 0 {
        crate::cli::Outcome::Clean
    } else {
        crate::cli::Outcome::Problems
    })
}

fn summary(totals: &Totals) -> String {
    let parts = [
        (totals.done, "done"),
        (totals.failed, "to be tried again"),
        (totals.dead, "dead"),
        (totals.released, "handed back"),
        (totals.fenced, "lost to other workers"),
    ];
    let parts = parts.into_iter().enumerate();
    let told: Vec<String> = parts
        .filter(|(at, (count, _))| *at == 0 || *count > 0)
        .map(|(_, (count, what))| format!("{count} {what}"))
        .collect();
    told.join(", ")
}

fn handlers(arguments: &Work, settings: &config::Jobs, context: &Context) -> Result<Handlers> {
    let project = context.project()?;
    let variables = context.environment.variables();
    let url = arguments.place.database_url.as_deref();
    let mask = Arc::new(Mask::of_variables(
        variables.chain(url.map(|url| ("--database-url", url))),
    ));
    let folder = project.path("");
    let mut handlers = Handlers::default();
    for (kind, command) in &settings.handlers {
        if !arguments.kind.is_empty() && !arguments.kind.contains(kind) {
            continue;
        }
        let [program, rest @ ..] = command.as_slice() else {
            return Err(
                Failure::config(format!("`jobs.handlers.{kind}` of the settings names no program")).hint(
                    format!("write it as in {kind} = [\"python3\", \"jobs/{kind}.py\"]"),
                ),
            );
        };
        let limit = settings
            .timeouts
            .get(kind)
            .copied()
            .unwrap_or(settings.timeout_seconds);
        handlers.register(
            kind,
            Program {
                program: program.clone(),
                arguments: rest.to_vec(),
                folder: if folder.as_os_str().is_empty() {
                    ".".into()
                } else {
                    folder.clone()
                },
                limit: Duration::from_secs(limit),
                mask: Arc::clone(&mask),
            },
        );
    }
    for kind in &arguments.kind {
        if handlers.of_kind(kind).is_none() {
            return Err(Failure::user(format!("there is no handler for `{kind}`"))
                .hint(format!("add it to [jobs.handlers] of {}", config::FILE_NAME)));
        }
    }
    if handlers.is_empty() {
        return Err(Failure::config("there are no handlers, so there is nothing to work on")
            .hint(format!(
                "name a program for each kind under [jobs.handlers] of {}, as in send-mail = [\"python3\", \"jobs/send_mail.py\"]",
                config::FILE_NAME
            )));
    }
    Ok(handlers)
}

/// Tells of every job: on stdout for people, troubles on stderr for all.
fn teller(ui: Arc<Ui>, format: Format) -> Observer {
    Arc::new(move |event| match event {
        Event::Begun(_) => {}
        Event::Ended {
            job,
            outcome,
            error,
            took,
            delay,
        } => {
            if format == Format::Human {
                // A reader that goes away does not stop the work.
                let _ = ui.print(line(job, *outcome, *error, *took, *delay));
                let _ = ui.flush();
            }
        }
        Event::Fenced(job) => ui.warn(format_args!(
            "job {} was lost to another worker; what was done here does not count",
            job.id
        )),
        Event::Revived(count) => ui.note(format_args!(
            "{count} left behind by workers that stopped answering"
        )),
        Event::Ticked(schedule) => ui.status("scheduled", printable(schedule)),
        Event::Trouble(failure) => ui.warn(format_args!("{}; trying again", printable(&failure.to_string()))),
        Event::Stopping(0) => ui.note("stopping"),
        Event::Stopping(count) => ui.note(format_args!(
            "stopping when the {count} under way are done; Ctrl-C again hands them back"
        )),
    })
}

/// `      done       12  send-mail  0.3 s`
fn line(job: &Claimed, outcome: Outcome, error: Option<&str>, took: Duration, delay: i64) -> String {
    let style = match outcome {
        Outcome::Done => GOOD,
        Outcome::Failed | Outcome::Released => WARN,
        Outcome::Dead => BAD,
    };
    let mut remarks = vec![time(i64::try_from(took.as_millis()).unwrap_or(i64::MAX))];
    if outcome != Outcome::Done {
        remarks.push(format!("attempt {} of {}", job.attempt, job.retry.max_attempts));
    }
    remarks.extend(error.map(str::to_owned));
    if outcome == Outcome::Failed {
        remarks.push(format!("again in {}", time(delay)));
    }
    format!(
        "{} {:>8}  {}  {}",
        styled(style, format_args!("{:>10}", outcome.name())),
        job.id,
        printable(&job.kind),
        styled(DIM, printable(&remarks.join(", ")))
    )
}
