//! What `db migrate` answers with `--format json`. These shapes are frozen: a change that is not an addition is a new version.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::db::migrate::{Change, Report};
use crate::db::names::Layout;
use crate::db::status::{Overview, Version};
use crate::db::verify::{Finding, Verdict};
use crate::diagnostic::Severity;
use crate::store::Url;
use crate::text::slashed;

/// Answer of `db migrate up`, `down`, `redo`, `baseline` and `import` with `--format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Migrated {
    schema_version: u32,
    /// `up`, `down`, `redo`, `baseline` or `import`.
    direction: &'static str,
    /// True with `--dry-run`: nothing was changed.
    dry_run: bool,
    database: DatabaseName,
    /// Folder of the files.
    folder: String,
    /// What was applied or undone, in that order, or would be.
    migrations: Vec<MigratedVersion>,
    /// The newest version that is applied now; null when none is.
    version: Option<i64>,
    warnings: Vec<String>,
}

/// A database without its password.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct DatabaseName {
    url: String,
    /// `sqlite` or `postgres`.
    engine: &'static str,
    /// Whose table the history is in: `sqlx` or `supabase`.
    history: &'static str,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct MigratedVersion {
    version: i64,
    description: String,
    /// The file that was run.
    file: String,
    statements: usize,
    /// Whether it ran as one transaction.
    transaction: bool,
    /// Whether it was undone.
    undone: bool,
    /// Null in a dry run.
    milliseconds: Option<f64>,
}

/// Answer of `db migrate status --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Status {
    schema_version: u32,
    database: DatabaseName,
    folder: String,
    /// `sqlx` or `supabase`.
    layout: &'static str,
    applied: usize,
    pending: usize,
    migrations: Vec<StatusVersion>,
    warnings: Vec<String>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct StatusVersion {
    version: i64,
    description: String,
    /// Null when the file is gone.
    file: Option<String>,
    /// `pending`, `applied`, `reformatted` (changed in comments or white space only), `edited`, `missing` (applied, file gone),
    /// `partial` (stopped within a file without transaction), `undoing` (the same within the file that undoes it) or `failed` (so marked by another tool).
    state: &'static str,
    /// Pending, though a later version is applied.
    out_of_order: bool,
    /// Whether there is a file to undo it.
    reversible: bool,
    /// UTC; null when not applied or not known.
    installed_on: Option<String>,
    milliseconds: Option<f64>,
    /// Of a partial version: how many of its statements are done.
    #[serde(skip_serializing_if = "Option::is_none")]
    statements_done: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statements: Option<usize>,
}

/// The answer of `up`, `down`, `redo` or `baseline`.
pub fn migrated(
    direction: &'static str,
    dry_run: bool,
    url: &Url,
    folder: &Path,
    report: Report,
) -> Migrated {
    Migrated {
        schema_version: 1,
        direction,
        dry_run,
        database: database_name(url, report.keeper.name()),
        folder: slashed(folder),
        migrations: report.changes.iter().map(migrated_version).collect(),
        version: report.newest,
        warnings: report.warnings,
    }
}

/// The answer of `status`; `counts` are applied and pending.
pub fn status(
    url: &Url,
    folder: &Path,
    layout: Layout,
    counts: (usize, usize),
    overview: Overview,
) -> Status {
    Status {
        schema_version: 1,
        database: database_name(url, overview.keeper.name()),
        folder: slashed(folder),
        layout: layout.name(),
        applied: counts.0,
        pending: counts.1,
        migrations: overview.versions.into_iter().map(status_version).collect(),
        warnings: overview.warnings,
    }
}

pub(super) fn database_name(url: &Url, history: &'static str) -> DatabaseName {
    DatabaseName {
        url: url.to_string(),
        engine: url.engine().name(),
        history,
    }
}

fn migrated_version(change: &Change) -> MigratedVersion {
    MigratedVersion {
        version: change.version,
        description: change.description.clone(),
        file: change.file.clone(),
        statements: change.statements,
        transaction: change.in_transaction,
        undone: change.is_undone,
        milliseconds: change.took.map(milliseconds),
    }
}

fn status_version(one: Version) -> StatusVersion {
    StatusVersion {
        version: one.version,
        description: one.description,
        file: one.file,
        state: one.state.name(),
        out_of_order: one.is_late,
        reversible: one.can_be_undone,
        installed_on: one.installed_on,
        milliseconds: one.took.map(milliseconds),
        statements_done: one.progress.map(|(done, _)| done),
        statements: one.progress.map(|(_, of)| of),
    }
}

/// To the microsecond.
pub(super) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// Answer of `db migrate verify --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Verified {
    schema_version: u32,
    url: String,
    /// `sqlite` or `postgres`.
    engine: &'static str,
    folder: String,
    /// Whether no finding is an error.
    ok: bool,
    /// Versions in the files.
    files: usize,
    /// Versions in the history.
    applied: usize,
    /// Versions that were run in a scratch database.
    run: usize,
    /// Versions that were run, undone and run again there.
    reversed: usize,
    /// Whether the schema of the database was compared with what its applied files make.
    schema_compared: bool,
    /// What was not looked at, and why.
    skipped: Vec<String>,
    findings: Vec<VerifyFinding>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct VerifyFinding {
    /// For example `edited-file`, `missing-file`, `out-of-order`, `undo-leaves-changes`, `drift`.
    rule: &'static str,
    /// `error` or `warning`.
    severity: &'static str,
    version: Option<i64>,
    file: Option<String>,
    message: String,
    causes: Vec<String>,
    help: Option<String>,
    differences: Vec<SchemaDifference>,
}

/// A part of the schema that is not alike on two sides.
#[derive(Debug, Serialize, schemars::JsonSchema)]
struct SchemaDifference {
    /// For example `table public.users`.
    object: String,
    /// For example `column email`; null when the whole object is on one side only.
    part: Option<String>,
    /// Its definition before, or as it should be; null when it was not there.
    before: Option<String>,
    /// Its definition after, or as it is; null when it is not there.
    after: Option<String>,
}

/// The answer of `verify`.
pub fn verified(url: &Url, folder: &Path, verdict: Verdict) -> Verified {
    Verified {
        schema_version: 1,
        url: url.to_string(),
        engine: url.engine().name(),
        folder: slashed(folder),
        ok: verdict.errors() == 0,
        files: verdict.files,
        applied: verdict.applied,
        run: verdict.run,
        reversed: verdict.reversed,
        schema_compared: verdict.compared,
        skipped: verdict.skipped,
        findings: verdict.findings.into_iter().map(verify_finding).collect(),
    }
}

fn verify_finding(finding: Finding) -> VerifyFinding {
    VerifyFinding {
        rule: finding.rule,
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        version: finding.version,
        file: finding.file,
        message: finding.message,
        causes: finding.causes,
        help: finding.help,
        differences: finding
            .differences
            .into_iter()
            .map(|one| SchemaDifference {
                object: one.object,
                part: one.part,
                before: one.before,
                after: one.after,
            })
            .collect(),
    }
}
