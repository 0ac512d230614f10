//! `db migrate squash`: many migrations become one that makes the same.
//!
//! The statements of the files are kept, those that change rows too, one file after the other in one transaction. That the result is
//! the same is not believed but tried: both are run in scratch databases and their catalogs compared, grants, policies and comments
//! included, and the new way back is held to leave nothing.

use std::fmt::Write as _;
use std::path::Path;

use crate::changes::ChangeSet;
use crate::failure::{Failure, Result};
use crate::store::{Database, Scratch, Url};
use crate::text::Source;

use super::beyond::reaches_beyond;
use super::catalog::{self, Catalog};
use super::history::Keeper;
use super::migrate::{Request, refuse_faults};
use super::migrations::Migration;
use super::names;
use super::plan::{Step, Undo};
use super::record::{Actor, Writer};
use super::run::{self, TableLocks};
use super::script::Job;

/// What becomes of the files, and which versions go into the last.
#[derive(Debug)]
pub struct Squashed {
    pub set: ChangeSet,
    pub versions: Vec<i64>,
    pub into: i64,
}

/// The files up to `last` (all without one) as one, proved in scratch databases beside `ground`.
pub async fn squash(
    request: Request<'_>,
    folder: &Path,
    last: Option<i64>,
    name: &str,
    ground: Option<&Url>,
) -> Result<Squashed> {
    refuse_faults(request.migrations)?;
    if let Some(last) = last
        && request.migrations.get(last).is_none()
    {
        return Err(
            Failure::user(format!("there is no file of version {last}")).hint("see `db migrate status`")
        );
    }
    let old: Vec<&Migration> = request
        .migrations
        .list
        .iter()
        .filter(|one| last.is_none_or(|last| one.version <= last))
        .collect();
    let [.., newest] = old.as_slice() else {
        return Err(Failure::user("there is nothing to squash").hint("see `db migrate status`"));
    };
    if old.len() < 2 {
        return Err(Failure::user(
            "there is only one version to squash, so nothing would change",
        ));
    }
    let new = merged(request, folder, &old, newest, name)?;
    let beside = ground.unwrap_or(request.url);
    if beside.engine() != request.url.engine() {
        return Err(Failure::user(format!(
            "`{beside}` is of another engine than `{}`",
            request.url
        )));
    }
    let may_harm = ground.is_none();
    let before = try_out(request, beside, &old, may_harm).await?;
    let after = try_out(request, beside, &[&new], may_harm)
        .await
        .map_err(|failure| {
            failure
                .during("the files cannot be run as one")
                .hint("nothing was written")
        })?;
    let differences = before.differences(&after);
    if !differences.is_empty() {
        let mut failure = Failure::user("run as one, the files make another schema");
        for difference in differences.iter().take(20) {
            failure = failure.caused_by(difference.to_string());
        }
        return Err(
            failure.hint("nothing was written; a setting or a role of one file may reach into the next")
        );
    }
    let mut set = ChangeSet::new(folder);
    let sources = || {
        old.iter()
            .flat_map(|one| std::iter::once(&one.up).chain(&one.down))
    };
    for source in std::iter::once(&new.up).chain(&new.down) {
        let name = name_of(source);
        match sources().find(|one| name_of(one) == name) {
            Some(same) => set.edit(name, same.text().as_bytes(), source.text().as_bytes()),
            None => set.create(name, source.text().as_bytes()),
        }
    }
    for source in sources() {
        let name = name_of(source);
        if std::iter::once(&new.up)
            .chain(&new.down)
            .all(|one| name_of(one) != name)
        {
            set.remove(name);
        }
    }
    Ok(Squashed {
        set,
        versions: old.iter().map(|one| one.version).collect(),
        into: new.version,
    })
}

fn name_of(source: &Source) -> &str {
    let path = source.path();
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// One migration with the statements of all.
fn merged(
    request: Request<'_>,
    folder: &Path,
    old: &[&Migration],
    newest: &Migration,
    name: &str,
) -> Result<Migration> {
    let dialect = request.dialect();
    let slug = names::slug(name)
        .ok_or_else(|| Failure::user(format!("`{name}` has no letters or digits to name a file with")))?;
    let mut up = String::new();
    for migration in old {
        add(&mut up, &Job::read(&migration.up, dialect)?)?;
    }
    let mut down = Some(String::new());
    for migration in old.iter().rev() {
        down = match (&migration.down, down) {
            (Some(source), Some(mut text)) => {
                add(&mut text, &Job::read(source, dialect)?)?;
                Some(text)
            }
            _ => None,
        };
    }
    let stem = format!("{}/{}_{slug}", crate::text::slashed(folder), newest.version_text);
    let is_pair = down.is_some();
    Ok(Migration {
        version: newest.version,
        version_text: newest.version_text.clone(),
        description: slug.replace('_', " "),
        up: Source::new(format!("{stem}{}", if is_pair { ".up.sql" } else { ".sql" }), up),
        down: down.map(|text| Source::new(format!("{stem}.down.sql"), text)),
        reversible: is_pair,
    })
}

fn add(text: &mut String, job: &Job<'_>) -> Result<()> {
    if !job.in_transaction {
        return Err(Failure::user(format!(
            "`{}` runs without transaction, so it cannot be squashed with others",
            job.source.path()
        ))
        .hint("squash up to the version before it with `--to VERSION`"));
    }
    let statements = job.text();
    let trimmed = statements.trim().trim_end_matches(';').trim_end();
    let separator = if text.is_empty() { "" } else { "\n" };
    // The semicolon has a line of its own, because a file may end in a comment.
    let ends_in_comment = trimmed.lines().last().is_some_and(|line| line.contains("--"));
    let end = if ends_in_comment { "\n;" } else { ";" };
    let _ = writeln!(text, "{separator}-- {}\n{trimmed}{end}", name_of(job.source));
    Ok(())
}

/// What these files make of an empty database. Those with a way back are undone too, all of them, and done again.
async fn try_out(request: Request<'_>, beside: &Url, list: &[&Migration], may_harm: bool) -> Result<Catalog> {
    let scratch = Scratch::beside(beside).await?;
    let done = match scratch.open().await {
        Ok(mut database) => {
            let done = run_all(request, &scratch.url, &mut database, list, may_harm).await;
            database.close(&scratch.url).await.and(done)
        }
        Err(failure) => Err(failure),
    };
    scratch.remove().await?;
    done
}

async fn run_all(
    request: Request<'_>,
    url: &Url,
    database: &mut Database,
    list: &[&Migration],
    may_harm: bool,
) -> Result<Catalog> {
    let mut writer = Writer {
        database,
        url,
        keeper: Keeper::Sqlx,
        actor: &Actor::default(),
        action: "squash",
    };
    writer.prepare().await?;
    let empty = catalog::read(writer.database, url).await?.without_own();
    up(request, &mut writer, list, may_harm).await?;
    let made = catalog::read(writer.database, url).await?.without_own();
    if let [one] = list
        && let Some(down) = &one.down
    {
        let job = Job::read(down, request.dialect())?;
        let undo = Undo {
            migration: one,
            down,
            done: 0,
            in_doubt: false,
        };
        run::undo(&mut writer, &undo, None, &job, TableLocks::PATIENT, &mut |_| {}).await?;
        let undone = catalog::read(writer.database, url).await?.without_own();
        let mut left = empty.differences(&undone).into_iter();
        if let Some(first) = left.next() {
            return Err(
                Failure::user("the ways back of the files do not undo all of them")
                    .caused_by(first.to_string())
                    .hint("`db migrate verify` says which file leaves something behind"),
            );
        }
    }
    Ok(made)
}

async fn up(
    request: Request<'_>,
    writer: &mut Writer<'_>,
    list: &[&Migration],
    may_harm: bool,
) -> Result<()> {
    for migration in list {
        let job = Job::read(&migration.up, request.dialect())?;
        if let Some(failure) = reaches_beyond(&job, request.dialect()).filter(|_| may_harm) {
            return Err(failure);
        }
        let step = Step {
            migration,
            done: 0,
            in_doubt: false,
        };
        run::apply(writer, &step, None, &job, TableLocks::PATIENT, &mut |_| {}).await?;
    }
    Ok(())
}
