//! `db verify-backup`.

use std::path::PathBuf;

use serde::Serialize;

use crate::db::backup::take::Beat;
use crate::db::backup::verify::{self, Checked, Depth};
use crate::failure::{Failure, Result};
use crate::text::{printable, slashed};

use super::super::changes::counted;
use super::super::ui::{BAD, BOLD, DIM, GOOD, styled};
use super::super::{Context, Format, Outcome};
use super::backup::{BackupAnswer, Teller, Where, backup_answer, shelf, summary};

/// `packwright db verify-backup`
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of a backup, its name, or `latest`: the newest of this database.
    #[arg(value_name = "BACKUP", default_value = "latest")]
    backup: String,
    /// Check every backup in the folder, of whichever database.
    #[arg(long, conflicts_with = "backup")]
    all: bool,
    /// Folder of backups, in which `latest` is looked for; by default that of the settings.
    #[arg(long, value_name = "FOLDER")]
    from: Option<PathBuf>,
    #[command(flatten)]
    place: Where,
}

/// Answer of `db verify-backup --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct VerifiedBackups {
    schema_version: u32,
    /// Whether nothing was found.
    ok: bool,
    backups: Vec<VerifiedBackup>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct VerifiedBackup {
    path: String,
    /// What the manifest says; null when it cannot be read.
    backup: Option<BackupAnswer>,
    findings: Vec<BackupFinding>,
    /// Why the archive could not be looked into: `pg_restore` is missing or too old.
    unread: Option<String>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct BackupFinding {
    /// Name in the folder of the backup.
    file: String,
    message: String,
}

pub(super) fn verify_backup(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let shelf = shelf(arguments.from.as_ref(), context)?;
    let folders = if arguments.all {
        shelf.all().into_iter().map(|(folder, _)| folder).collect()
    } else {
        let is_latest = arguments.backup == "latest";
        let folder = if is_latest {
            shelf.find("latest", &arguments.place.url(context)?)?
        } else {
            shelf.named(&arguments.backup)
        };
        vec![folder]
    };
    let search = arguments.place.search(context)?;
    let mut teller = Teller::new(context);
    let checked: Result<Vec<Checked>> = context.block_on(async {
        let mut all = Vec::new();
        for folder in &folders {
            let mut told = |beat: Beat<'_>| teller.tell(beat);
            all.push(verify::check(folder, &search, Depth::Counted, &mut told).await?);
        }
        Ok(all)
    });
    drop(teller);
    let checked = checked?;
    let findings = checked.iter().map(|one| one.findings.len()).sum::<usize>();
    match context.format {
        Format::Json => context.ui.print_json(&VerifiedBackups {
            schema_version: 1,
            ok: findings == 0 && checked.iter().all(|one| one.unread.is_none()),
            backups: checked.iter().map(answer).collect(),
        })?,
        Format::Human if checked.is_empty() => {
            let place = slashed(&shelf.folder);
            context
                .ui
                .print(printable(&format!("there are no backups in {place}")))?;
        }
        Format::Human => checked.iter().try_for_each(|one| show(one, context))?,
    }
    if findings > 0 {
        return Ok(Outcome::Problems);
    }
    match checked.into_iter().find_map(|one| one.unread) {
        Some(failure) => Err(failure),
        None => Ok(Outcome::Clean),
    }
}

fn answer(checked: &Checked) -> VerifiedBackup {
    let path = slashed(&checked.folder);
    VerifiedBackup {
        backup: checked
            .manifest
            .as_ref()
            .map(|manifest| backup_answer(path.clone(), manifest)),
        path,
        findings: checked
            .findings
            .iter()
            .map(|finding| BackupFinding {
                file: finding.file.clone(),
                message: finding.message.clone(),
            })
            .collect(),
        unread: checked.unread.as_ref().map(Failure::to_string),
    }
}

fn show(checked: &Checked, context: &Context) -> Result<()> {
    let path = slashed(&checked.folder);
    for finding in &checked.findings {
        context.ui.print(format_args!(
            "{}: {} {}",
            styled(BAD, "error"),
            styled(BOLD, printable(&format!("{path}/{}:", finding.file))),
            printable(&finding.message)
        ))?;
    }
    let told = match (&checked.manifest, checked.findings.len()) {
        (Some(manifest), 0) if checked.unread.is_none() => {
            format!("{} {}", styled(GOOD, "good"), styled(DIM, summary(manifest)))
        }
        (_, 0) => "digests are right, the archive was not read".to_owned(),
        (_, count) => counted(count, "problem"),
    };
    context.ui.print(format_args!("{}: {told}", printable(&path)))
}
