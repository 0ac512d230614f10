//! What a migration does while it runs: the locks it takes, the tables it writes anew, the rows it touches.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::failure::Result;
use crate::io::clock::Stopwatch;
use crate::store::{Database, Explain as _};

use super::execute::{failure, run_one};
use super::record::Writer;
use super::script::Job;

/// What one migration did.
#[derive(Debug, Clone, Default)]
pub struct Effects {
    pub took: Duration,
    /// Locks on tables that were there before, the strongest of each; `None` where they cannot be seen.
    pub locks: Option<Vec<Lock>>,
    /// Tables that were there before and lie in another file now.
    pub rewritten: Vec<String>,
    /// Indexes that were there before and were built anew though their table was not.
    pub rebuilt_indexes: Vec<String>,
    /// `None` where they cannot be counted.
    pub rows: Option<Vec<Rows>>,
}

/// A lock on a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    pub table: String,
    pub mode: Mode,
    /// Line of the statement that took it.
    pub line: usize,
}

/// The lock modes of PostgreSQL, weakest first. Reading (`ACCESS SHARE`) is not worth a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

impl Mode {
    fn read(name: &str) -> Option<Self> {
        Some(match name {
            "RowShareLock" => Self::RowShare,
            "RowExclusiveLock" => Self::RowExclusive,
            "ShareUpdateExclusiveLock" => Self::ShareUpdateExclusive,
            "ShareLock" => Self::Share,
            "ShareRowExclusiveLock" => Self::ShareRowExclusive,
            "ExclusiveLock" => Self::Exclusive,
            "AccessExclusiveLock" => Self::AccessExclusive,
            _ => return None,
        })
    }

    /// As in `LOCK TABLE … IN … MODE`.
    pub fn name(self) -> &'static str {
        match self {
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// Who waits until the transaction ends.
    pub fn who_waits(self) -> &'static str {
        match self {
            Self::RowShare | Self::RowExclusive => "only stronger schema changes wait",
            Self::ShareUpdateExclusive => "other schema changes and vacuum wait",
            Self::Share | Self::ShareRowExclusive | Self::Exclusive => "writes wait",
            Self::AccessExclusive => "reads and writes wait",
        }
    }
}

/// Rows of one table, or of the whole database where the engine counts no further.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// `None` for the whole database.
    pub table: Option<String>,
    pub inserted: i64,
    /// With SQLite: every row that was inserted, updated or deleted.
    pub updated: i64,
    pub deleted: i64,
}

/// Runs the statements of a file in the transaction that is open, and looks after each what it did.
pub async fn measure(writer: &mut Writer<'_>, job: &Job<'_>) -> Result<Effects> {
    let before = Snapshot::take(writer).await?;
    let mut locks: BTreeMap<i64, (Mode, usize)> = held(writer)
        .await?
        .into_iter()
        .map(|(table, mode)| (table, (mode, 0)))
        .collect();
    let mut took = Duration::ZERO;
    for (index, statement) in job.statements().iter().enumerate() {
        let watch = Stopwatch::start();
        run_one(writer.database, job, index, statement)
            .await
            .map_err(|trouble| failure(job, &trouble, "would fail"))?;
        took += watch.elapsed();
        for (table, mode) in held(writer).await? {
            let known = locks.get(&table).map(|(mode, _)| *mode);
            if known < Some(mode) {
                locks.insert(table, (mode, job.line(statement)));
            }
        }
    }
    let after = Snapshot::take(writer).await?;
    let (rewritten, rebuilt_indexes) = before.rewritten(&after);
    let is_server = matches!(&*writer.database, Database::Postgres(_));
    Ok(Effects {
        took,
        rewritten,
        rebuilt_indexes,
        rows: Some(before.rows(&after)),
        locks: is_server.then(|| {
            let locks = locks.iter().filter(|(_, (_, line))| *line > 0);
            let mut locks: Vec<Lock> = locks
                .filter_map(|(oid, (mode, line))| {
                    let relation = before.relations.get(oid).filter(|one| one.kind != "i")?;
                    Some(Lock {
                        table: relation.name.clone(),
                        mode: *mode,
                        line: *line,
                    })
                })
                .collect();
            locks.sort_by(|a, b| b.mode.cmp(&a.mode).then_with(|| a.table.cmp(&b.table)));
            locks
        }),
    })
}

const ASKING: &str = "could not be asked what a migration did";

/// The strongest lock of this session on each relation.
async fn held(writer: &mut Writer<'_>) -> Result<BTreeMap<i64, Mode>> {
    let Database::Postgres(connection) = &mut *writer.database else {
        return Ok(BTreeMap::new());
    };
    let rows: Vec<(i64, String)> = sqlx::query_as(include_str!("sql/postgres/locks_now.sql"))
        .fetch_all(&mut **connection)
        .await
        .explain(writer.url, ASKING)?;
    let mut strongest = BTreeMap::new();
    for (relation, mode) in rows {
        if let Some(mode) = Mode::read(&mode) {
            let entry = strongest.entry(relation).or_insert(mode);
            *entry = mode.max(*entry);
        }
    }
    Ok(strongest)
}

/// Where everything lies, and what was counted so far.
#[derive(Debug, Default)]
pub struct Snapshot {
    relations: BTreeMap<i64, Relation>,
    /// SQLite: root page of each table.
    roots: BTreeMap<String, i64>,
    counted: BTreeMap<Option<String>, Rows>,
}

#[derive(Debug)]
struct Relation {
    name: String,
    kind: String,
    file: i64,
}

impl Snapshot {
    pub async fn take(writer: &mut Writer<'_>) -> Result<Self> {
        let url = writer.url;
        let mut snapshot = Self::default();
        match &mut *writer.database {
            Database::Sqlite(connection) => {
                let roots: Vec<(String, i64)> = sqlx::query_as(include_str!("sql/sqlite/relations_now.sql"))
                    .fetch_all(&mut **connection)
                    .await
                    .explain(url, ASKING)?;
                let changes: i64 = sqlx::query_scalar(include_str!("sql/sqlite/rows_now.sql"))
                    .fetch_one(&mut **connection)
                    .await
                    .explain(url, ASKING)?;
                snapshot.roots = roots.into_iter().collect();
                let rows = Rows {
                    updated: changes,
                    ..Rows::default()
                };
                snapshot.counted.insert(None, rows);
            }
            Database::Postgres(connection) => {
                let relations: Vec<(i64, String, String, i64)> =
                    sqlx::query_as(include_str!("sql/postgres/relations_now.sql"))
                        .fetch_all(&mut **connection)
                        .await
                        .explain(url, ASKING)?;
                let rows: Vec<(String, i64, i64, i64)> =
                    sqlx::query_as(include_str!("sql/postgres/rows_now.sql"))
                        .fetch_all(&mut **connection)
                        .await
                        .explain(url, ASKING)?;
                for (oid, name, kind, file) in relations {
                    snapshot.relations.insert(oid, Relation { name, kind, file });
                }
                for (table, inserted, updated, deleted) in rows {
                    let rows = Rows {
                        table: Some(table.clone()),
                        inserted,
                        updated,
                        deleted,
                    };
                    snapshot.counted.insert(Some(table), rows);
                }
            }
        }
        Ok(snapshot)
    }

    /// Tables and indexes that are in both and lie elsewhere afterwards.
    pub fn rewritten(&self, after: &Self) -> (Vec<String>, Vec<String>) {
        let moved = |kind: &dyn Fn(&str) -> bool| {
            let both = self
                .relations
                .iter()
                .filter_map(|(oid, before)| Some((before, after.relations.get(oid)?)));
            both.filter(|(before, after)| before.file != after.file && kind(&before.kind))
                .map(|(before, _)| before.name.clone())
                .collect::<Vec<String>>()
        };
        let mut tables = moved(&|kind| kind != "i");
        let roots = self.roots.iter();
        tables.extend(
            roots
                .filter(|(name, root)| after.roots.get(*name).is_some_and(|now| now != *root))
                .map(|(name, _)| name.clone()),
        );
        let indexes = if tables.is_empty() {
            moved(&|kind| kind == "i")
        } else {
            Vec::new()
        };
        (tables, indexes)
    }

    /// Rows counted since `self`.
    fn rows(&self, after: &Self) -> Vec<Rows> {
        let each = after.counted.iter().map(|(table, now)| {
            let then = self.counted.get(table).cloned().unwrap_or_default();
            Rows {
                table: table.clone(),
                inserted: now.inserted - then.inserted,
                updated: now.updated - then.updated,
                deleted: now.deleted - then.deleted,
            }
        });
        each.filter(|rows| rows.inserted + rows.updated + rows.deleted > 0)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stronger_locks_are_greater() {
        assert!(Mode::AccessExclusive > Mode::Share && Mode::Share > Mode::RowExclusive);
        assert_eq!(Mode::read("AccessExclusiveLock"), Some(Mode::AccessExclusive));
        assert_eq!(Mode::read("AccessShareLock"), None);
    }
}
