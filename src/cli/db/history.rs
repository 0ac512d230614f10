//! `db history`.

use serde::Serialize;

use crate::db::log::{self, Line};
use crate::failure::Result;
use crate::text::printable;

use super::super::ui::{BAD, DIM, GOOD, WARN, styled};
use super::super::{Context, Format};
use super::answer::milliseconds;
use super::{database_url, environment, time};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The database: `sqlite:path` or `postgres://…`; by default `DATABASE_URL`, then the settings.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// A database of the settings: the one under `[env.NAME]`.
    #[arg(long, value_name = "NAME", conflicts_with = "database_url")]
    env: Option<String>,
    /// Show so many of the newest lines.
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: u32,
}

/// Answer of `db history --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct History {
    schema_version: u32,
    url: String,
    /// Newest first.
    entries: Vec<HistoryEntry>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct HistoryEntry {
    /// UTC.
    at: String,
    /// `up`, `down`, `redo`, `repair`, `baseline`, `import`, `backup` or `restore`.
    action: String,
    /// Of a backup or restore the newest version that it holds, 0 when it holds none.
    version: i64,
    /// Of the migration; the name of the backup.
    description: String,
    /// `begun` (a file without transaction), `done` or `failed`.
    outcome: String,
    statements: u64,
    milliseconds: f64,
    /// Why it failed, or what was repaired.
    detail: String,
    /// Name of the user at the machine.
    user: String,
    host: String,
    process: i64,
    /// Version of packwright.
    tool_version: String,
}

pub(super) fn history(arguments: &Arguments, context: &Context) -> Result<()> {
    let url = match environment::named(arguments.env.as_deref(), context)? {
        Some(named) => named.url(context)?,
        None => database_url(arguments.database_url.as_deref(), context)?,
    };
    let lines = context.block_on(log::read(&url, arguments.limit, &mut |words| {
        context.ui.warn(words);
    }))?;
    match context.format {
        Format::Json => context.ui.print_json(&History {
            schema_version: 1,
            url: url.to_string(),
            entries: lines.into_iter().map(entry).collect(),
        }),
        Format::Human if lines.is_empty() => context
            .ui
            .print(printable(&format!("nothing is recorded: {url}"))),
        Format::Human => lines.iter().try_for_each(|line| show(context, line)),
    }
}

fn entry(line: Line) -> HistoryEntry {
    HistoryEntry {
        at: line.at,
        action: line.action,
        version: line.version,
        description: line.description,
        outcome: line.outcome,
        statements: line.statements,
        milliseconds: milliseconds(line.took),
        detail: line.detail,
        user: line.actor,
        host: line.host,
        process: line.process,
        tool_version: line.tool_version,
    }
}

fn show(context: &Context, line: &Line) -> Result<()> {
    let style = match line.outcome.as_str() {
        "done" => GOOD,
        "failed" => BAD,
        _ => WARN,
    };
    let mut remarks = vec![
        format!("{} on {}", line.actor, line.host),
        format!("packwright {}", line.tool_version),
    ];
    if !line.took.is_zero() {
        remarks.insert(0, time(line.took));
    }
    context.ui.print(format_args!(
        "{}  {} {} {:>14}  {}  {}",
        printable(&line.at),
        styled(style, format_args!("{:>6}", printable(&line.outcome))),
        printable(&format!("{:<8}", line.action)),
        line.version,
        printable(&line.description),
        styled(DIM, printable(&remarks.join(", ")))
    ))?;
    if line.detail.is_empty() {
        return Ok(());
    }
    context
        .ui
        .print(styled(DIM, format_args!("    {}", printable(&line.detail))))
}
