//! `db migrate plan`.

use std::time::Duration;

use clap::ValueEnum;

use crate::db::effects::{Effects, Rows};
use crate::db::migrate::Event;
use crate::db::plan::UpTo;
use crate::db::rehearse::{self, Outcome as Happened, Rehearsal, Rehearsed, Stage};
use crate::db::verify::Ground;
use crate::failure::Result;
use crate::text::printable;

use super::super::changes::counted;
use super::super::ui::{BAD, DIM, GOOD, WARN, styled};
use super::super::{Context, Format, Outcome};
use super::migrate::{Migrate, Place};
use super::verify::scratch_url;
use super::{plan_answer, time};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The last version to plan.
    #[arg(long, value_name = "VERSION")]
    to: Option<i64>,
    /// Plan a pending version even where a later one is applied.
    #[arg(long)]
    allow_out_of_order: bool,
    /// Run what is pending and tell what it does.
    #[arg(long, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_missing_value = "scratch")]
    execute: Option<Where>,
    /// Make the scratch database beside this one instead, for example on a server in a container.
    #[arg(long, value_name = "URL", requires = "execute", hide_env_values = true)]
    scratch_url: Option<String>,
    /// In a transaction on the database itself: how long to wait for the lock of a table before giving up.
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    table_lock_timeout: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Where {
    /// In an empty database made for it.
    Scratch,
    /// In the database itself, in a transaction that is rolled back.
    Transaction,
}

pub(super) fn plan(arguments: &Migrate, verb: &Arguments, context: &Context) -> Result<Outcome> {
    let place = Place::of(arguments, context)?;
    let to = UpTo {
        version: verb.to,
        allow_out_of_order: verb.allow_out_of_order,
    };
    let scratch = scratch_url(verb.scratch_url.as_deref())?;
    let (stage, executed) = match verb.execute {
        None => (None, "nowhere"),
        Some(Where::Scratch) => (
            Some(Stage::Scratch(
                scratch.as_ref().map_or(Ground::Beside, Ground::At),
            )),
            "scratch",
        ),
        Some(Where::Transaction) => (
            Some(Stage::Transaction(Duration::from_secs(verb.table_lock_timeout))),
            "transaction",
        ),
    };
    if stage.is_some() && executed == "transaction" {
        place.ask_leave(arguments, context)?;
    }
    let mut observer = |event: Event<'_>| {
        if let Event::Waiting(Some(holder)) = event {
            context
                .ui
                .note(printable(&format!("waiting for another run: {holder}")));
        }
    };
    let rehearsal = context.block_on(rehearse::rehearse(place.request(), to, stage, &mut observer))?;
    for warning in &rehearsal.warnings {
        context.ui.warn(printable(warning));
    }
    let outcome = if rehearsal.has_failed() {
        Outcome::Problems
    } else {
        Outcome::Clean
    };
    match context.format {
        Format::Json => {
            let answer = plan_answer::plan(&place.url, &place.folder, executed, rehearsal);
            context.ui.print_json(&answer)?;
        }
        Format::Human => show(context, &place, &rehearsal)?,
    }
    Ok(outcome)
}

fn show(context: &Context, place: &Place, rehearsal: &Rehearsal) -> Result<()> {
    if rehearsal.migrations.is_empty() {
        return context
            .ui
            .print(printable(&format!("nothing pending: {}", place.url)));
    }
    for one in &rehearsal.migrations {
        show_one(context, one)?;
    }
    for limit in &rehearsal.limits {
        context.ui.note(limit);
    }
    context.ui.note(printable(&format!(
        "{} for {}, nothing was changed",
        counted(rehearsal.migrations.len(), "migration"),
        place.url
    )));
    Ok(())
}

fn show_one(context: &Context, one: &Rehearsed) -> Result<()> {
    let ui = &context.ui;
    let mut detail = counted(one.statements, "statement");
    if let Happened::Ran(effects) = &one.outcome {
        detail = format!("{detail}, {}", time(effects.took));
    }
    if !one.in_transaction {
        detail.push_str(", without transaction");
    }
    let (style, word) = match one.outcome {
        Happened::Planned => (GOOD, "apply"),
        Happened::Ran(_) => (GOOD, "works"),
        Happened::Failed(..) => (BAD, "fails"),
        Happened::NotRun(_) => (WARN, "not run"),
    };
    ui.print(format_args!(
        "{} {:>14}  {}  {}",
        styled(style, format_args!("{word:>10}")),
        one.version,
        printable(&one.description),
        styled(DIM, detail)
    ))?;
    let lines = match &one.outcome {
        Happened::Planned => Vec::new(),
        Happened::NotRun(why) => vec![why.clone()],
        Happened::Failed(why, causes) => std::iter::once(why).chain(causes).cloned().collect(),
        Happened::Ran(effects) => effect_lines(effects),
    };
    for line in lines {
        ui.print(format_args!("{:>27}{}", "", printable(&line)))?;
    }
    Ok(())
}

fn effect_lines(effects: &Effects) -> Vec<String> {
    let mut lines: Vec<String> = effects
        .locks
        .iter()
        .flatten()
        .map(|lock| {
            format!(
                "{} on {}: {} (line {})",
                lock.mode.name(),
                lock.table,
                lock.mode.who_waits(),
                lock.line
            )
        })
        .collect();
    lines.extend(effects.rewritten.iter().map(|table| format!("rewrites {table}")));
    lines.extend(
        effects
            .rebuilt_indexes
            .iter()
            .map(|index| format!("builds {index} anew")),
    );
    lines.extend(effects.rows.iter().flatten().map(rows_line));
    if effects.locks.is_none() && effects.rows.is_none() {
        lines.push("locks and rows cannot be seen without a transaction".to_owned());
    }
    lines
}

fn rows_line(rows: &Rows) -> String {
    let Some(table) = &rows.table else {
        return format!(
            "{} touched",
            counted(usize::try_from(rows.updated).unwrap_or_default(), "row")
        );
    };
    let parts = [
        (rows.inserted, "inserted"),
        (rows.updated, "updated"),
        (rows.deleted, "deleted"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    format!("rows of {table}: {}", parts.join(", "))
}
