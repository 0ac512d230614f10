//! `db migrate repair`: what the history says about a version is put right, shown before and logged after.
//!
//! A file that was edited is recorded as it is now: the database keeps what it has, only the record changes. A version that stopped
//! half way, or whose file is gone, is recorded as done or taken out of the history.

use similar::TextDiff;

use crate::failure::{Failure, Result};
use crate::store::{Database, Explain as _};

use super::execute::{control, roll_back};
use super::history::{History, Keeper, Tables, on, sql};
use super::migrate::{Observer, Request, close, lock, look, refuse_faults};
use super::record::{Entry, Writer};
use super::script::Job;
use super::standing::{self, Standing, State};

/// What is done about a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// The file is recorded as it is now.
    Record,
    /// The version is recorded as applied as a whole.
    Done,
    /// The version is taken out of the history.
    Forget,
}

impl Deed {
    /// As the log and JSON name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Done => "done",
            Self::Forget => "forget",
        }
    }
}

/// One version to put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    pub version: i64,
    pub description: String,
    pub file: Option<String>,
    pub state: State,
    pub deed: Deed,
    /// Whether it must be named to be repaired, because more than comments changed.
    pub needs_name: bool,
    /// From the text that was applied to that of the file, where the former is known.
    pub diff: Option<String>,
}

/// What there is to repair. `versions` may be empty: every file that was changed.
pub async fn inspect(request: Request<'_>, versions: &[i64], deed: Deed) -> Result<Vec<Repair>> {
    refuse_faults(request.migrations)?;
    let (mut database, history) = look(request).await?;
    let repairs = match &mut database {
        Some(database) => find(request, database, &history, versions, deed).await,
        None => Ok(Vec::new()),
    };
    close(database, request.url).await?;
    repairs
}

async fn find(
    request: Request<'_>,
    database: &mut Database,
    history: &History,
    versions: &[i64],
    deed: Deed,
) -> Result<Vec<Repair>> {
    let standings = standing::compare(request.migrations, &history.rows, request.dialect());
    if let Some(unknown) = versions
        .iter()
        .find(|version| !standings.iter().any(|one| one.version == **version))
    {
        return Err(Failure::user(format!("there is no version {unknown}")).hint("see `db migrate status`"));
    }
    let mut repairs = Vec::new();
    for standing in &standings {
        let is_named = versions.contains(&standing.version);
        let is_changed = matches!(standing.state, State::Reformatted | State::Edited);
        let is_due = versions.is_empty() && deed == Deed::Record && is_changed;
        if !(is_named || is_due) {
            continue;
        }
        check(standing, deed)?;
        repairs.push(Repair {
            version: standing.version,
            description: standing.description.to_owned(),
            file: standing.migration.map(|one| one.up.path().to_string()),
            state: standing.state,
            deed,
            needs_name: standing.state == State::Edited && !is_named,
            diff: match deed {
                Deed::Record => diff(request, database, standing).await?,
                Deed::Done | Deed::Forget => None,
            },
        });
    }
    Ok(repairs)
}

/// Whether the deed makes sense for how the version stands.
fn check(standing: &Standing<'_>, deed: Deed) -> Result<()> {
    let version = standing.version;
    let state = standing.state;
    let refuse = |why: &str, hint: &str| Err(Failure::user(format!("version {version} {why}")).hint(hint));
    match (deed, state) {
        (Deed::Record, State::Reformatted | State::Edited)
        | (Deed::Done, State::Partial | State::Failed)
        | (Deed::Forget, State::Partial | State::Failed | State::Missing | State::Undoing) => Ok(()),
        (_, State::Pending) => refuse(
            "is not applied, so there is nothing to repair",
            "apply it with `db migrate up`, or record it as applied with `db migrate baseline`",
        ),
        (Deed::Record, State::Applied) => {
            refuse("stands in the history as its file is", "see `db migrate status`")
        }
        (Deed::Record, State::Missing) => refuse(
            "has no file any more, so there is nothing to record",
            "bring the file back, or take the version out of the history with `--forget`",
        ),
        (Deed::Record, State::Partial | State::Failed) => refuse(
            "is not applied as a whole",
            "say `--done` if the database has all of it by now, or `--forget` if it has nothing of it",
        ),
        (Deed::Record | Deed::Done, State::Undoing) => refuse(
            "is half undone",
            "go on with `db migrate down`, or say `--forget` if nothing of it is left",
        ),
        (Deed::Done, _) => refuse(
            "is not half done",
            "`--done` is for versions that `status` calls partial or failed",
        ),
        (Deed::Forget, _) => refuse(
            "is applied as a whole",
            "undo it with `db migrate down`; `--forget` is for versions that stopped half way or whose file is gone",
        ),
    }
}

/// The text that was applied against that of the file.
async fn diff(
    request: Request<'_>,
    database: &mut Database,
    standing: &Standing<'_>,
) -> Result<Option<String>> {
    let (Some(row), Some(migration)) = (standing.applied, standing.migration) else {
        return Ok(None);
    };
    let engine = database.engine();
    let asked = "could not be asked for the text of a migration";
    let tables: Tables = on!(database, connection => {
        sqlx::query_as(sql!(engine, "tables.sql")).fetch_one(connection).await
    })
    .explain(request.url, asked)?;
    let kept: Option<(Vec<u8>, String)> = if tables.4 {
        on!(database, connection => {
            sqlx::query_as(sql!(engine, "select_text.sql"))
                .bind(standing.version)
                .fetch_optional(connection)
                .await
        })
        .explain(request.url, asked)?
    } else {
        None
    };
    let before = kept
        .filter(|(checksum, _)| row.checksum.as_ref().is_none_or(|recorded| recorded == checksum))
        .map(|(_, text)| text)
        .or_else(|| {
            let statements = row.statements.as_ref()?;
            Some(statements.iter().flat_map(|one| [one.as_str(), ";\n"]).collect())
        });
    Ok(before.map(|before| {
        let path = migration.up.path();
        TextDiff::from_lines(before.as_str(), migration.up.text())
            .unified_diff()
            .header(&format!("{path} as it was applied"), path)
            .to_string()
    }))
}

/// Does what was inspected, all of it or nothing, and logs it.
pub async fn repair(request: Request<'_>, repairs: &[Repair], observer: Observer<'_>) -> Result<()> {
    let url = request.url;
    let mut database = Database::open(url).await?;
    let lock = lock(request, &mut database, observer).await?;
    let done = locked(request, repairs, &mut database).await;
    let released = lock.release(&mut database, url).await;
    done?;
    released?;
    database.close(url).await
}

async fn locked(request: Request<'_>, repairs: &[Repair], database: &mut Database) -> Result<()> {
    let dialect = request.dialect();
    let history = History::read(database, request.url, request.migrations.layout).await?;
    let standings = standing::compare(request.migrations, &history.rows, dialect);
    let same = |one: &Repair| {
        let mut now = standings.iter();
        now.any(|standing| standing.version == one.version && standing.state == one.state)
    };
    if !repairs.iter().all(same) {
        return Err(
            Failure::user("another run changed the history while this one waited")
                .hint("see `db migrate status`, and run again"),
        );
    }
    let engine = database.engine();
    let mut writer = Writer {
        database,
        url: request.url,
        keeper: history.keeper,
        actor: request.actor,
        action: "repair",
    };
    writer.prepare().await?;
    control(&mut writer, sql!(engine, "begin.sql")).await?;
    let done = write(request, repairs, &standings, &mut writer).await;
    if done.is_err() {
        roll_back(&mut writer).await;
        return done;
    }
    control(&mut writer, sql!(engine, "commit.sql")).await
}

async fn write(
    request: Request<'_>,
    repairs: &[Repair],
    standings: &[Standing<'_>],
    writer: &mut Writer<'_>,
) -> Result<()> {
    for one in repairs {
        let standing = standings.iter().find(|standing| standing.version == one.version);
        let migration = standing.and_then(|standing| standing.migration);
        let recorded = standing
            .and_then(|standing| standing.applied?.checksum.as_deref())
            .map(hexadecimal);
        let mut statements = 0;
        match (one.deed, migration) {
            (Deed::Forget, _) => {
                let text = match migration {
                    Some(migration) => migration.version_text.clone(),
                    None => version_text(writer, one.version).await?,
                };
                writer.remove(one.version, &text).await?;
            }
            (Deed::Record | Deed::Done, Some(migration)) => {
                let job = Job::read(&migration.up, request.dialect())?;
                statements = job.script.statements.len();
                writer.adopt(migration, &job).await?;
            }
            (Deed::Record | Deed::Done, None) => {
                return Err(Failure::user(format!("version {} has no file", one.version)));
            }
        }
        let (deed, state) = (one.deed.name(), one.state.name());
        let detail = match recorded {
            Some(checksum) => format!("{deed}: it was {state}, with the checksum {checksum}"),
            None => format!("{deed}: it was {state}"),
        };
        writer
            .log(Entry {
                version: one.version,
                description: &one.description,
                outcome: "done",
                statements,
                detail: &detail,
                ..Entry::default()
            })
            .await?;
    }
    Ok(())
}

/// A version as Supabase's table writes it: the digits may begin with zeros.
async fn version_text(writer: &mut Writer<'_>, version: i64) -> Result<String> {
    let (Keeper::Supabase, Database::Postgres(connection)) = (writer.keeper, &mut *writer.database) else {
        return Ok(version.to_string());
    };
    let rows: Vec<(String, Option<String>, Option<String>)> =
        sqlx::query_as(include_str!("sql/postgres/select_supabase.sql"))
            .fetch_all(&mut **connection)
            .await
            .explain(writer.url, "could not be asked for its history")?;
    let mut texts = rows.into_iter().map(|(text, _, _)| text);
    Ok(texts
        .find(|text| text.parse() == Ok(version))
        .unwrap_or_else(|| version.to_string()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
