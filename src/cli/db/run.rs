//! `db migrate up`, `down`: what is told while they run, and the answer.

use std::time::Duration;

use crate::db::baseline::{self, Known};
use crate::db::migrate::{self, Change, Event, Report, Request};
use crate::db::plan::{DownTo, UpTo};
use crate::db::stepwise::Beat;
use crate::failure::{Kind, Result};
use crate::store::Url;
use crate::text::printable;

use super::super::changes::counted;
use super::super::ui::{DIM, GOOD, Progress, styled};
use super::super::{Context, Format};
use super::migrate::{Baseline, Down, Migrate, Place, Up};
use super::{answer, time};

pub(super) fn up(arguments: &Migrate, verb: &Up, context: &Context) -> Result<()> {
    let to = UpTo {
        version: verb.to,
        allow_out_of_order: verb.allow_out_of_order,
    };
    let dry_run = arguments.dry_run || verb.dry_run;
    work(arguments, context, Direction::Up, dry_run, |request, observer| {
        context.block_on(migrate::up(request, to, observer))
    })
}

pub(super) fn down(arguments: &Migrate, verb: &Down, context: &Context) -> Result<()> {
    let target = verb.to.map_or(DownTo::Steps(verb.steps), DownTo::Version);
    let dry_run = arguments.dry_run || verb.dry_run;
    work(
        arguments,
        context,
        Direction::Down,
        dry_run,
        |request, observer| context.block_on(migrate::down(request, target, observer)),
    )
}

pub(super) fn redo(arguments: &Migrate, verb: &Down, context: &Context) -> Result<()> {
    let target = verb.to.map_or(DownTo::Steps(verb.steps), DownTo::Version);
    let dry_run = arguments.dry_run || verb.dry_run;
    work(
        arguments,
        context,
        Direction::Redo,
        dry_run,
        |request, observer| context.block_on(migrate::redo(request, target, observer)),
    )
}

pub(super) fn baseline(arguments: &Migrate, verb: &Baseline, context: &Context) -> Result<()> {
    let known = Known::UpTo(verb.version);
    let dry_run = arguments.dry_run || verb.dry_run;
    work(
        arguments,
        context,
        Direction::Baseline,
        dry_run,
        |request, observer| context.block_on(baseline::baseline(request, known, observer)),
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
    Redo,
    Baseline,
    Import,
}

impl Direction {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Redo => "redo",
            Self::Baseline => "baseline",
            Self::Import => "import",
        }
    }
}

/// What `up` and `down` share: the request, the lines that tell what happens, the answer.
pub(super) fn work(
    arguments: &Migrate,
    context: &Context,
    direction: Direction,
    dry_run: bool,
    run: impl FnOnce(Request<'_>, migrate::Observer<'_>) -> Result<Report>,
) -> Result<()> {
    let place = Place::of(arguments, context)?;
    if !dry_run {
        place.ask_leave(arguments, context)?;
    }
    let request = Request {
        dry_run,
        ..place.request()
    };
    let mut teller = Teller {
        context,
        direction,
        bar: None,
        done: 0,
        printed: Ok(()),
    };
    let result = run(request, &mut |event| teller.tell(&event));
    let Teller { bar, printed, .. } = teller;
    drop(bar);
    let report = result.map_err(|failure| match failure.kind {
        Kind::Interrupted => failure.hint("what was applied stays applied; run the command again to go on"),
        _ => failure,
    })?;
    printed?;
    for warning in &report.warnings {
        context.ui.warn(printable(warning));
    }
    match context.format {
        Format::Json => context.ui.print_json(&answer::migrated(
            direction.name(),
            dry_run,
            &place.url,
            &place.folder,
            report,
        )),
        Format::Human => conclude(context, direction, dry_run, &place.url, &report),
    }
}

fn conclude(
    context: &Context,
    direction: Direction,
    dry_run: bool,
    url: &Url,
    report: &Report,
) -> Result<()> {
    let count = counted(report.changes.len(), "migration");
    if report.changes.is_empty() {
        let version = match report.newest {
            Some(version) => format!("version {version}"),
            None => "no version".to_owned(),
        };
        let what = match direction {
            Direction::Up => "pending",
            Direction::Down | Direction::Redo => "to undo",
            Direction::Baseline | Direction::Import => "to record",
        };
        return context
            .ui
            .print(printable(&format!("nothing {what}: {url} is at {version}")));
    }
    if dry_run {
        for change in &report.changes {
            context.ui.print(line(direction, true, change))?;
        }
        context.ui.note(printable(&format!(
            "dry run: {count} for {url}, nothing was changed"
        )));
        return Ok(());
    }
    let total: Duration = report.changes.iter().filter_map(|change| change.took).sum();
    let verb = match direction {
        Direction::Up | Direction::Redo => "migrated",
        Direction::Down => "reverted",
        Direction::Baseline | Direction::Import => "recorded",
    };
    let text = format!("{url}: {count} in {}", time(total));
    context.ui.status(verb, printable(&text));
    Ok(())
}

/// Tells of a run while it runs. A reader of stdout that goes away does not stop it.
struct Teller<'a> {
    context: &'a Context,
    direction: Direction,
    bar: Option<Progress>,
    done: u64,
    printed: Result<()>,
}

impl Teller<'_> {
    fn tell(&mut self, event: &Event<'_>) {
        let ui = &self.context.ui;
        match event {
            Event::Waiting(Some(holder)) => {
                ui.note(printable(&format!("waiting for another run: {holder}")));
            }
            Event::Waiting(None) => ui.note("waiting for another run on this database"),
            Event::Planned(count) => {
                self.bar = Some(ui.progress("migrating", Some(*count as u64)));
            }
            Event::Begun(migration) => {
                if let Some(bar) = &self.bar {
                    bar.set(self.done);
                    bar.message(&migration.description);
                }
            }
            Event::Beat(Beat::Statement(done)) => {
                if let Some(bar) = &self.bar {
                    bar.message(&format!("{} done", counted(*done, "statement")));
                }
            }
            Event::Beat(Beat::LockedOut { tries, wait }) => ui.note(format_args!(
                "another session has a lock on a table: rolled back, try {} in {}",
                tries + 1,
                time(*wait)
            )),
            Event::Done(change) => {
                self.done += 1;
                if self.context.format == Format::Human && self.printed.is_ok() {
                    self.printed = ui.print(line(self.direction, false, change));
                }
            }
        }
    }
}

/// `applied    20261121083000  create users  12 ms`
fn line(direction: Direction, dry_run: bool, change: &Change) -> String {
    let verb = match (direction, change.is_undone, dry_run) {
        (Direction::Baseline | Direction::Import, _, false) => "recorded",
        (Direction::Baseline | Direction::Import, _, true) => "record",
        (Direction::Up, ..) | (Direction::Redo, false, _) if dry_run => "apply",
        (Direction::Up, ..) | (Direction::Redo, false, _) => "applied",
        (Direction::Down, ..) | (Direction::Redo, true, _) if dry_run => "revert",
        (Direction::Down, ..) | (Direction::Redo, true, _) => "reverted",
    };
    let mut detail = match change.took {
        Some(took) => time(took),
        None => counted(change.statements, "statement"),
    };
    if !change.in_transaction {
        detail.push_str(", without transaction");
    }
    format!(
        "{} {:>14}  {}  {}",
        styled(GOOD, format_args!("{verb:>10}")),
        change.version,
        printable(&change.description),
        styled(DIM, detail)
    )
}
