//! The history of a database: which versions are applied, in the tables of sqlx or of Supabase, with packwright's own notes beside.
//!
//! `_sqlx_migrations` is kept exactly as sqlx 0.9 keeps it, and `supabase_migrations.schema_migrations` as the Supabase CLI does,
//! so that those tools go on where packwright stopped and the other way round. What they do not know (semantic checksums, how far a
//! file without transaction got) stands in `packwright_migrations`, written in the same transaction.

use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::store::{Database, Engine, Explain as _, Url};

use super::names::Layout;
use super::standing::{Applied, Note};

/// Reads the SQL of one dialect.
macro_rules! sql {
    ($engine:expr, $file:literal) => {
        match $engine {
            crate::store::Engine::Sqlite => include_str!(concat!("sql/sqlite/", $file)),
            crate::store::Engine::Postgres => include_str!(concat!("sql/postgres/", $file)),
        }
    };
}
/// Does the same work on a connection of either kind.
macro_rules! on {
    ($database:expr, $connection:ident => $work:expr) => {
        match $database {
            crate::store::Database::Sqlite(connection) => {
                let $connection = &mut **connection;
                $work
            }
            crate::store::Database::Postgres(connection) => {
                let $connection = &mut **connection;
                $work
            }
        }
    };
}
pub(super) use {on, sql};

/// Whose table holds the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// `_sqlx_migrations`
    Sqlx,
    /// `supabase_migrations.schema_migrations`
    Supabase,
}

impl Keeper {
    /// `sqlx` or `supabase`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlx => "sqlx",
            Self::Supabase => "supabase",
        }
    }

    /// Where nothing is known of the database yet.
    pub fn of_layout(layout: Layout, engine: Engine) -> Self {
        match (layout, engine) {
            (Layout::Supabase, Engine::Postgres) => Self::Supabase,
            _ => Self::Sqlx,
        }
    }
}

/// What was found in a database.
#[derive(Debug, Clone)]
pub struct History {
    pub keeper: Keeper,
    /// Ordered by version.
    pub rows: Vec<Applied>,
}

/// Which tables there are: of sqlx, our notes, of Supabase, our undo notes, texts and log.
pub(super) type Tables = (bool, bool, bool, bool, bool, bool);
type HistoryRow = (i64, String, Option<String>, bool, Vec<u8>, i64);
type NoteRow = (i64, Vec<u8>, Vec<u8>, i64, i64, bool);

impl History {
    /// Reads the history; a database without one has an empty one.
    ///
    /// A Supabase folder on PostgreSQL keeps its history where the Supabase CLI does, unless the database has one of sqlx and none
    /// of Supabase.
    pub async fn read(database: &mut Database, url: &Url, layout: Layout) -> Result<Self> {
        let engine = database.engine();
        let (sqlx, notes, supabase, undo, _, _): Tables = on!(database, connection => {
            sqlx::query_as(sql!(engine, "tables.sql")).fetch_one(connection).await
        })
        .explain(url, "could not be asked for its tables")?;
        let keeper = match Keeper::of_layout(layout, engine) {
            Keeper::Supabase if sqlx && !supabase => Keeper::Sqlx,
            keeper => keeper,
        };
        let mut rows = match keeper {
            Keeper::Sqlx if sqlx => read_sqlx(database, url).await?,
            Keeper::Supabase if supabase => read_supabase(database, url).await?,
            _ => Vec::new(),
        };
        if notes {
            let found = read_notes(database, url, sql!(engine, "select_notes.sql")).await?;
            add_notes(&mut rows, found);
        }
        if undo {
            let found = read_notes(database, url, sql!(engine, "select_undo.sql")).await?;
            add_undo(&mut rows, found, keeper);
        }
        rows.sort_by_key(|row| row.version);
        Ok(Self { keeper, rows })
    }
}

async fn read_sqlx(database: &mut Database, url: &Url) -> Result<Vec<Applied>> {
    let engine = database.engine();
    let rows: Vec<HistoryRow> = on!(database, connection => {
        sqlx::query_as(sql!(engine, "select_history.sql")).fetch_all(connection).await
    })
    .explain(url, "could not be asked for its history in `_sqlx_migrations`")?;
    let row = |(version, description, installed_on, success, checksum, time): HistoryRow| Applied {
        version,
        description,
        installed_on,
        // sqlx writes -1 until it knows.
        duration: u64::try_from(time).ok().map(Duration::from_nanos),
        success,
        checksum: Some(checksum),
        ..Applied::default()
    };
    Ok(rows.into_iter().map(row).collect())
}

async fn read_supabase(database: &mut Database, url: &Url) -> Result<Vec<Applied>> {
    let Database::Postgres(connection) = database else {
        return Ok(Vec::new());
    };
    let rows: Vec<(String, Option<String>, Option<String>)> =
        sqlx::query_as(include_str!("sql/postgres/select_supabase.sql"))
            .fetch_all(&mut **connection)
            .await
            .explain(
                url,
                "could not be asked for its history in `supabase_migrations.schema_migrations`",
            )?;
    rows.into_iter()
        .map(|(version, name, statements)| {
            let number = version.parse().map_err(|_| {
                Failure::user(format!(
                    "`{url}` has a version in its history that is no number: `{version}`"
                ))
                .hint("it stands in `supabase_migrations.schema_migrations`: correct or delete that row")
            })?;
            Ok(Applied {
                version: number,
                description: name.unwrap_or_default().replace('_', " "),
                success: true,
                statements: statements.and_then(|json| serde_json::from_str(&json).ok()),
                ..Applied::default()
            })
        })
        .collect()
}

async fn read_notes(database: &mut Database, url: &Url, query: &'static str) -> Result<Vec<(i64, Note)>> {
    let rows: Vec<NoteRow> = on!(database, connection => {
        sqlx::query_as(query).fetch_all(connection).await
    })
    .explain(url, "could not be asked for `packwright_migrations`")?;
    let note = |(version, checksum, semantic_checksum, statements, done, in_doubt): NoteRow| {
        let note = Note {
            checksum,
            semantic_checksum,
            statements: usize::try_from(statements).unwrap_or_default(),
            statements_done: usize::try_from(done).unwrap_or_default(),
            in_doubt,
        };
        (version, note)
    };
    Ok(rows.into_iter().map(note).collect())
}

/// Puts notes to their rows. Supabase's table has no row for a file that was only begun; the note stands in for it.
fn add_notes(rows: &mut Vec<Applied>, notes: Vec<(i64, Note)>) {
    for (version, note) in notes {
        let is_begun = note.statements_done < note.statements;
        match rows.iter_mut().find(|row| row.version == version) {
            Some(row) => row.note = Some(note),
            None if is_begun => rows.push(Applied {
                version,
                note: Some(note),
                ..Applied::default()
            }),
            // Undone by another tool.
            None => {}
        }
    }
}

/// Puts to their rows how far they are undone. Where the history itself says that a version is whole, another tool saw to it since.
fn add_undo(rows: &mut [Applied], undo: Vec<(i64, Note)>, keeper: Keeper) {
    for (version, note) in undo {
        let row = rows.iter_mut().find(|row| row.version == version);
        if let Some(row) = row.filter(|row| keeper == Keeper::Supabase || !row.success) {
            row.success = false;
            row.undo = Some(note);
        }
    }
}
