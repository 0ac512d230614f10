//! Running one migration: up or down, in one transaction with its row of the history where the file does not forbid it.

use std::time::Duration;

use crate::failure::Result;
use crate::io::clock::Stopwatch;
use crate::store::Engine;

use super::execute::{ROLLED_BACK, commit, control, failure, roll_back, run_all, run_one, statements};
use super::history::sql;
use super::migrations::Migration;
use super::plan::{Step, Undo};
use super::record::Writer;
use super::script::Job;
use super::standing::Note;
use super::stepwise::{self, Progress};

/// Applies one migration. `None` when another tool, which knows no lock, was faster.
pub async fn apply(
    writer: &mut Writer<'_>,
    step: &Step<'_>,
    note: Option<&Note>,
    job: &Job<'_>,
    progress: Progress<'_>,
) -> Result<Option<Duration>> {
    if job.in_transaction && step.done == 0 {
        apply_whole(writer, step.migration, job).await
    } else {
        stepwise::apply(writer, step, note, job, progress).await.map(Some)
    }
}

async fn apply_whole(
    writer: &mut Writer<'_>,
    migration: &Migration,
    job: &Job<'_>,
) -> Result<Option<Duration>> {
    let watch = Stopwatch::start();
    let engine = writer.database.engine();
    control(writer, sql!(engine, "begin.sql")).await?;
    let applied = async {
        if writer.is_recorded(migration.version).await? {
            return Ok(None);
        }
        run_all(writer.database, job)
            .await
            .map_err(|trouble| failure(job, &trouble, "could not be applied").hint(ROLLED_BACK))?;
        if engine == Engine::Postgres && job.may_set() {
            control(writer, sql!(engine, "restore_session.sql")).await?;
        }
        writer.record(migration, job, watch.elapsed()).await?;
        commit(writer, job).await?;
        Ok(Some(watch.elapsed()))
    }
    .await;
    if !matches!(applied, Ok(Some(_))) {
        roll_back(writer).await;
    }
    applied
}

/// Undoes one migration.
pub async fn undo(writer: &mut Writer<'_>, undo: &Undo<'_>, job: &Job<'_>) -> Result<Duration> {
    let watch = Stopwatch::start();
    let engine = writer.database.engine();
    if !job.in_transaction {
        for (index, statement) in job.statements().iter().enumerate() {
            run_one(writer.database, job, index, statement).await.map_err(|trouble| {
                failure(job, &trouble, "could not be undone").hint(format!(
                    "the file runs without transaction: {} before this one took effect, and version {} still counts as applied",
                    statements(index),
                    undo.migration.version
                ))
            })?;
        }
        control(writer, sql!(engine, "restore_session.sql")).await?;
        control(writer, sql!(engine, "begin.sql")).await?;
        writer.remove(undo.migration).await?;
        control(writer, sql!(engine, "commit.sql")).await?;
        return Ok(watch.elapsed());
    }
    control(writer, sql!(engine, "begin.sql")).await?;
    let undone = async {
        run_all(writer.database, job)
            .await
            .map_err(|trouble| failure(job, &trouble, "could not be undone").hint(ROLLED_BACK))?;
        if engine == Engine::Postgres && job.may_set() {
            control(writer, sql!(engine, "restore_session.sql")).await?;
        }
        writer.remove(undo.migration).await?;
        commit(writer, job).await?;
        Ok(watch.elapsed())
    }
    .await;
    if undone.is_err() {
        roll_back(writer).await;
    }
    undone
}
