//! What `db migrate plan` answers with `--format json`. The shape is frozen: a change that is not an addition is a new version.

use std::path::Path;

use serde::Serialize;

use crate::db::rehearse::{Outcome, Rehearsal, Rehearsed};
use crate::store::Url;
use crate::text::slashed;

use super::answer::{DatabaseName, database_name, milliseconds};

/// Answer of `db migrate plan --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Plan {
    schema_version: u32,
    database: DatabaseName,
    folder: String,
    /// Whether no migration failed.
    ok: bool,
    /// Where the migrations were run: `nowhere`, `scratch` or `transaction`.
    executed: &'static str,
    /// What stands between these numbers and those of the real run.
    limits: Vec<&'static str>,
    migrations: Vec<PlannedVersion>,
    warnings: Vec<String>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct PlannedVersion {
    version: i64,
    description: String,
    file: String,
    statements: usize,
    /// Whether it runs as one transaction.
    transaction: bool,
    /// `planned`, `ran`, `failed` or `not-run`.
    outcome: &'static str,
    /// Why it failed or was not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effects: Option<PlannedEffects>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct PlannedEffects {
    milliseconds: f64,
    /// The strongest lock on each table that was there before; null where locks cannot be seen (SQLite, files without transaction).
    locks: Option<Vec<TableLock>>,
    /// Tables that were there before and were rewritten, truncated or replaced.
    rewritten_tables: Vec<String>,
    /// Indexes that were there before and were built anew.
    rebuilt_indexes: Vec<String>,
    /// Null where rows cannot be counted (files without transaction).
    rows: Option<Vec<TouchedRows>>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct TableLock {
    table: String,
    /// For example `ACCESS EXCLUSIVE`.
    mode: &'static str,
    /// Whom it keeps waiting.
    effect: &'static str,
    /// Line of the statement that took it.
    line: usize,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct TouchedRows {
    /// Null for the whole database, where the engine counts no further (SQLite).
    table: Option<String>,
    inserted: i64,
    /// With SQLite every row that was inserted, updated or deleted.
    updated: i64,
    deleted: i64,
}

/// The answer of `plan`.
pub fn plan(url: &Url, folder: &Path, executed: &'static str, rehearsal: Rehearsal) -> Plan {
    Plan {
        schema_version: 1,
        database: database_name(url, rehearsal.keeper.name()),
        folder: slashed(folder),
        ok: !rehearsal.has_failed(),
        executed,
        limits: rehearsal.limits,
        migrations: rehearsal.migrations.into_iter().map(version).collect(),
        warnings: rehearsal.warnings,
    }
}

fn version(one: Rehearsed) -> PlannedVersion {
    let (outcome, reason, causes, effects) = match one.outcome {
        Outcome::Planned => ("planned", None, Vec::new(), None),
        Outcome::NotRun(why) => ("not-run", Some(why), Vec::new(), None),
        Outcome::Failed(why, causes) => ("failed", Some(why), causes, None),
        Outcome::Ran(effects) => {
            let effects = PlannedEffects {
                milliseconds: milliseconds(effects.took),
                locks: effects.locks.map(|locks| {
                    let locks = locks.into_iter();
                    locks
                        .map(|lock| TableLock {
                            table: lock.table,
                            mode: lock.mode.name(),
                            effect: lock.mode.who_waits(),
                            line: lock.line,
                        })
                        .collect()
                }),
                rewritten_tables: effects.rewritten,
                rebuilt_indexes: effects.rebuilt_indexes,
                rows: effects.rows.map(|rows| {
                    let rows = rows.into_iter();
                    rows.map(|rows| TouchedRows {
                        table: rows.table,
                        inserted: rows.inserted,
                        updated: rows.updated,
                        deleted: rows.deleted,
                    })
                    .collect()
                }),
            };
            ("ran", None, Vec::new(), Some(effects))
        }
    };
    PlannedVersion {
        version: one.version,
        description: one.description,
        file: one.file,
        statements: one.statements,
        transaction: one.in_transaction,
        outcome,
        reason,
        causes,
        effects,
    }
}
