//! `db migrate repair`.

use serde::Serialize;

use crate::db::migrate::Event;
use crate::db::repair::{self, Deed, Repair};
use crate::db::standing::State;
use crate::failure::{Failure, Result};
use crate::text::printable;

use super::super::changes::{counted, styled_diff};
use super::super::ui::{BAD, GOOD, WARN, styled};
use super::super::{Context, Format, Outcome};
use super::migrate::{Migrate, Place};

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Arguments {
    /// Versions to repair; by default every file that was changed only in comments or white space.
    #[arg(value_name = "VERSION")]
    versions: Vec<i64>,
    /// The version stopped half way and the database has all of it by now: record it as applied.
    #[arg(long, conflicts_with = "forget", requires = "versions")]
    done: bool,
    /// The version stopped half way, or its file is gone: take it out of the history.
    #[arg(long, requires = "versions")]
    forget: bool,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
    /// Show what would be repaired and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Answer of `db migrate repair --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Repaired {
    schema_version: u32,
    url: String,
    dry_run: bool,
    repairs: Vec<RepairedVersion>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct RepairedVersion {
    version: i64,
    description: String,
    file: Option<String>,
    /// How it stood before: a state of `db migrate status`.
    state: &'static str,
    /// `record` (the present text), `done` or `forget`.
    deed: &'static str,
    /// Whether only comments, white space or line ends changed.
    only_comments: bool,
    /// False in a dry run, and for a version that must be named because its statements changed.
    repaired: bool,
    /// From the text that was applied to that of the file; null where the former is not known.
    diff: Option<String>,
}

pub(super) fn repair(arguments: &Migrate, verb: &Arguments, context: &Context) -> Result<Outcome> {
    let place = Place::of(arguments, context)?;
    let dry_run = arguments.dry_run || verb.dry_run;
    let deed = match (verb.done, verb.forget) {
        (true, _) => Deed::Done,
        (_, true) => Deed::Forget,
        _ => Deed::Record,
    };
    let found = context.block_on(repair::inspect(place.request(), &verb.versions, deed))?;
    let is_human = context.format == Format::Human;
    if is_human {
        for one in &found {
            show(context, one)?;
        }
    }
    let (due, left): (Vec<Repair>, Vec<Repair>) = found.iter().cloned().partition(|one| !one.needs_name);
    for one in &left {
        context.ui.warn(printable(&format!(
            "the statements of version {version} changed: look at them, and if the database has what the file says now, run `db migrate repair {version}`",
            version = one.version
        )));
    }
    if !dry_run && !due.is_empty() {
        place.ask_leave(arguments, context)?;
        ask(verb, context, due.len())?;
        let mut observer = |event: Event<'_>| {
            if let Event::Waiting(Some(holder)) = event {
                context
                    .ui
                    .note(printable(&format!("waiting for another run: {holder}")));
            }
        };
        context.block_on(repair::repair(place.request(), &due, &mut observer))?;
    }
    match context.format {
        Format::Json => context.ui.print_json(&Repaired {
            schema_version: 1,
            url: place.url.to_string(),
            dry_run,
            repairs: found.into_iter().map(|one| repaired(one, dry_run)).collect(),
        })?,
        Format::Human if found.is_empty() => {
            context
                .ui
                .print(printable(&format!("nothing to repair: {}", place.url)))?;
        }
        Format::Human if dry_run => context.ui.note("dry run: nothing was changed"),
        Format::Human if due.is_empty() => {}
        Format::Human => {
            let text = format!("{}: {}", place.url, counted(due.len(), "version"));
            context.ui.status("repaired", printable(&text));
        }
    }
    Ok(if left.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Problems
    })
}

fn ask(verb: &Arguments, context: &Context, count: usize) -> Result<()> {
    if verb.yes {
        return Ok(());
    }
    let question = format!("Repair the history of {}? Type `yes`:", counted(count, "version"));
    match context.ui.ask(&question)? {
        Some(answer) if answer.trim().eq_ignore_ascii_case("yes") => Ok(()),
        Some(_) => Err(Failure::user("not repaired: nothing was changed")),
        None => Err(
            Failure::user("a repair wants a yes, and there is nobody to ask: nothing was changed")
                .hint("look at it with `--dry-run`, then add `--yes`"),
        ),
    }
}

fn show(context: &Context, one: &Repair) -> Result<()> {
    let ui = &context.ui;
    let (style, word, what) = match (one.deed, one.state) {
        (Deed::Record, State::Reformatted) => {
            (GOOD, "record", "only comments, white space or line ends changed")
        }
        (Deed::Record, _) => (WARN, "record", "its statements changed"),
        (Deed::Done, _) => (WARN, "done", "recorded as applied as a whole"),
        (Deed::Forget, _) => (BAD, "forget", "taken out of the history"),
    };
    ui.print(format_args!(
        "{} {:>14}  {}  {what}",
        styled(style, format_args!("{word:>10}")),
        one.version,
        printable(&one.description),
    ))?;
    match &one.diff {
        Some(diff) => ui.print(styled_diff(diff)),
        None if one.deed == Deed::Record => {
            ui.note(format_args!(
                "the text that was applied as version {} is not known, so no difference can be shown",
                one.version
            ));
            Ok(())
        }
        None => Ok(()),
    }
}

fn repaired(one: Repair, dry_run: bool) -> RepairedVersion {
    RepairedVersion {
        version: one.version,
        description: one.description,
        file: one.file,
        state: one.state.name(),
        deed: one.deed.name(),
        only_comments: one.state == State::Reformatted,
        repaired: !dry_run && !one.needs_name,
        diff: one.diff,
    }
}
