//! `db restore`.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::db::backup::restore::{self, Contents, Request, Restored};
use crate::db::backup::shelf::Backup;
use crate::failure::{Failure, Kind, Result};
use crate::store::Url;
use crate::text::{printable, slashed};

use super::super::changes::counted;
use super::super::ui::{BAD, DIM, GOOD, styled};
use super::super::{Context, Format, Outcome};
use super::answer::milliseconds;
use super::backup::{BackupAnswer, Teller, Where, backup_answer, lock_timeout, shelf, summary};
use super::verify::scratch_url;
use super::{environment, time};

/// Names of what is in a database that are shown.
const SHOWN: usize = 6;
/// Differences that are shown; JSON has them all.
const SHOWN_DIFFERENCES: usize = 30;

/// `packwright db restore`
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Arguments {
    /// Folder of a backup, its name, or `latest`: the newest of this database.
    #[arg(value_name = "BACKUP")]
    backup: String,
    /// Folder of backups, in which `latest` is looked for; by default that of the settings.
    #[arg(long, value_name = "FOLDER")]
    from: Option<PathBuf>,
    /// The name of the database, or of the environment of `--env`, typed once more: replaces what is in it.
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    /// Restore into a scratch database, compare it with the manifest, and drop it: proves that the backup can be restored.
    #[arg(long)]
    drill: bool,
    /// Make the scratch database of `--drill` beside this one instead, for example on a server in a container.
    #[arg(long, value_name = "URL", requires = "drill", hide_env_values = true)]
    scratch_url: Option<String>,
    /// Leave out owners and grants, for a server that does not have the roles. PostgreSQL only.
    #[arg(long)]
    no_owner: bool,
    /// Keep the result even where schema or rows are not what the manifest says; the exit code is 1 then.
    #[arg(long)]
    allow_differences: bool,
    /// How long to wait for another run on the same database.
    #[arg(long, value_name = "SECONDS")]
    lock_timeout: Option<u64>,
    /// Check the backup, say what would be done, and change nothing.
    #[arg(long, conflicts_with = "drill")]
    dry_run: bool,
    #[command(flatten)]
    place: Where,
}

/// Answer of `db restore --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct RestoredAnswer {
    schema_version: u32,
    /// `restore`, `drill` or `dry-run`.
    mode: &'static str,
    /// The database, without its password.
    url: String,
    backup: BackupAnswer,
    /// Whether schema and rows are what the manifest says; null in a dry run.
    same: Option<bool>,
    /// What is not as the manifest says.
    differences: Vec<String>,
    /// What is not alike and need not be, for example the version of an extension.
    remarks: Vec<String>,
    /// What is in the database and would be replaced, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<Vec<String>>,
    /// Where a damaged SQLite file was put.
    #[serde(skip_serializing_if = "Option::is_none")]
    set_aside: Option<String>,
    /// Null in a dry run.
    milliseconds: Option<f64>,
}

pub(super) fn restore(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let url = arguments.place.url(context)?;
    let shelf = shelf(arguments.from.as_ref(), context)?;
    let backup = Backup::read(&shelf.find(&arguments.backup, &url)?)?;
    let configured = context.project()?.settings.database.lock_timeout_seconds;
    let request = Request {
        url: &url,
        backup: &backup,
        search: &arguments.place.search(context)?,
        patience: Duration::from_secs(arguments.lock_timeout.unwrap_or(configured)),
        lock_timeout: lock_timeout(context)?,
        no_owner: arguments.no_owner,
        allow_differences: arguments.allow_differences,
        actor: &environment::actor(context),
    };
    if arguments.drill {
        return drill(arguments, request, context);
    }
    let contents = context.block_on(restore::look(&url))?;
    if arguments.dry_run {
        return dry_run(request, &contents, context);
    }
    ask_leave(arguments, &url, &contents, context)?;
    let mut teller = Teller::new(context);
    let restored = context.block_on(restore::restore(request, &contents, &mut |beat| {
        teller.tell(beat);
    }));
    drop(teller);
    let restored = restored.map_err(|failure| match failure.kind {
        Kind::Interrupted => {
            failure.hint(
            "the database is what it was or, where only the comparison was left to do, what the backup says: never half of each",
        )
        }
        _ => failure,
    })?;
    show("restore", request, &restored, context)
}

fn drill(arguments: &Arguments, request: Request<'_>, context: &Context) -> Result<Outcome> {
    let elsewhere = scratch_url(arguments.scratch_url.as_deref())?;
    let mut teller = Teller::new(context);
    let beside = elsewhere.as_ref().unwrap_or(request.url);
    let restored = context.block_on(restore::drill(request, beside, &mut |beat| teller.tell(beat)));
    drop(teller);
    show("drill", request, &restored?, context)
}

fn dry_run(request: Request<'_>, contents: &Contents, context: &Context) -> Result<Outcome> {
    let mut teller = Teller::new(context);
    let checked = context.block_on(restore::check(request, &mut |beat| teller.tell(beat)));
    drop(teller);
    checked?;
    let manifest = &request.backup.manifest;
    let path = slashed(&request.backup.folder);
    if context.format == Format::Json {
        context.ui.print_json(&RestoredAnswer {
            schema_version: 1,
            mode: "dry-run",
            url: request.url.to_string(),
            backup: backup_answer(path, manifest),
            same: None,
            differences: Vec::new(),
            remarks: Vec::new(),
            replaces: Some(match contents {
                Contents::Empty => Vec::new(),
                Contents::Objects(objects) => objects.clone(),
                Contents::Damaged(reason) => vec![reason.clone()],
            }),
            set_aside: None,
            milliseconds: None,
        })?;
        return Ok(Outcome::Clean);
    }
    let url = request.url;
    context.ui.print(printable(&format!(
        "would restore {path} ({}, taken at {}) into {url}",
        summary(manifest),
        manifest.taken_at
    )))?;
    context.ui.print(printable(&match contents {
        Contents::Empty => "which is empty".to_owned(),
        Contents::Objects(objects) => format!("and replace what is in it: {}", listed(objects)),
        Contents::Damaged(reason) => format!("and put the damaged file aside: {reason}"),
    }))?;
    context.ui.note("dry run: nothing was changed");
    Ok(Outcome::Clean)
}

/// Asks before anything is lost, and before a protected environment is changed.
fn ask_leave(arguments: &Arguments, url: &Url, contents: &Contents, context: &Context) -> Result<()> {
    let named = arguments.place.named(context)?;
    let environment = named.as_ref().map(|named| named.name().to_owned());
    let protected = named.and_then(environment::Named::protected);
    let name = environment.unwrap_or_else(|| url.name());
    let given = arguments.confirm.as_deref();
    let full = match contents {
        Contents::Empty => None,
        Contents::Objects(objects) => Some(format!("`{url}` is not empty: {}", listed(objects))),
        Contents::Damaged(reason) => Some(format!("`{url}` is damaged: {reason}")),
    };
    let Some(full) = full else {
        // What was given is held against the name even where it is not asked for.
        return match (protected, given) {
            (Some(name), given) => environment::ask_leave(&name, given, context),
            (None, Some(_)) => environment::ask_leave(&name, given, context),
            (None, None) => Ok(()),
        };
    };
    let asked = match given {
        Some(given) => Some(given.to_owned()),
        None => context
            .ui
            .ask(&format!("{}. Type `{name}` to replace it:", printable(&full)))?,
    };
    match asked {
        Some(typed) if typed.trim() == name => Ok(()),
        Some(_) => Err(Failure::user(format!(
            "that is not `{name}`: nothing was changed"
        ))),
        None => Err(Failure::user(format!("{full}; nothing was changed"))
            .hint(format!("to replace it, add `--confirm {name}`"))
            .hint("to try the backup without touching the database, use `--drill`")),
    }
}

/// `table public.a, table public.b and 3 more`
fn listed(objects: &[String]) -> String {
    let shown = objects.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>();
    match objects.len().checked_sub(SHOWN) {
        Some(more @ 1..) => format!("{} and {more} more", shown.join(", ")),
        _ => shown.join(", "),
    }
}

fn show(mode: &'static str, request: Request<'_>, restored: &Restored, context: &Context) -> Result<Outcome> {
    let manifest = &request.backup.manifest;
    let is_same = restored.differences.is_empty();
    let outcome = if is_same {
        Outcome::Clean
    } else {
        Outcome::Problems
    };
    if context.format == Format::Json {
        context.ui.print_json(&RestoredAnswer {
            schema_version: 1,
            mode,
            url: request.url.to_string(),
            backup: backup_answer(slashed(&request.backup.folder), manifest),
            same: Some(is_same),
            differences: restored.differences.clone(),
            remarks: restored.remarks.clone(),
            replaces: None,
            set_aside: restored.aside.as_deref().map(slashed),
            milliseconds: Some(milliseconds(restored.took)),
        })?;
        return Ok(outcome);
    }
    for remark in restored.remarks.iter().take(SHOWN_DIFFERENCES) {
        context.ui.note(printable(remark));
    }
    for difference in restored.differences.iter().take(SHOWN_DIFFERENCES) {
        context.ui.print(format_args!(
            "{}: {}",
            styled(BAD, "error"),
            printable(difference)
        ))?;
    }
    if let Some(aside) = &restored.aside {
        context.ui.status(
            "kept",
            printable(&format!("the damaged file as {}", slashed(aside))),
        );
        context
            .ui
            .note("programs that have the damaged file open must be started anew");
    }
    let into = match mode {
        "drill" => "into a scratch database, which is gone again".to_owned(),
        _ => format!("into {}", request.url),
    };
    let verdict = match restored.differences.len() {
        0 => "schema and rows are what the manifest says".to_owned(),
        count => format!("{} from the manifest", counted(count, "difference")),
    };
    context.ui.print(format_args!(
        "{} {} {}: {verdict} {}",
        styled(
            if is_same { GOOD } else { BAD },
            format_args!("{:>10}", "restored")
        ),
        printable(&manifest.id),
        printable(&into),
        styled(
            DIM,
            format_args!("({}, {})", summary(manifest), time(restored.took))
        )
    ))?;
    Ok(outcome)
}
