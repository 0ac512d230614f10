//! Schedules: what is enqueued whenever a cron pattern says so, once for each of its times, however many workers look.
//!
//! A worker that finds a schedule due moves it to its next time, enqueues the job and writes down the tick, in one transaction.
//! Times that went by while no worker was there are made up for by one run.

use crate::failure::{Failure, Result};
use crate::store::Explain as _;

use super::Connection;
use super::connection::{on, sql};
use super::cron::Cron;
use super::job::{NewJob, State, name};
use super::queue::{Moving, Queue};
use super::statements::{Answer, duration, milliseconds};

/// A schedule as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub name: String,
    pub cron: String,
    pub time_zone: String,
    /// What is enqueued.
    pub job: NewJob,
    /// Milliseconds since 1970; `None` when the pattern names no time to come.
    pub next_at: Option<i64>,
}

/// What a schedule has enqueued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The time it was for.
    pub at: i64,
    /// Asked for by hand.
    pub is_manual: bool,
    pub job: i64,
    /// `None` when the job is no longer kept.
    pub state: Option<State>,
    pub error: Option<String>,
}

type Row = (
    String,
    String,
    String,
    String,
    String,
    i64,
    i64,
    i64,
    i64,
    Option<i64>,
);
type TickRow = (i64, bool, i64, Option<String>, Option<String>);

fn schedule(row: Row) -> Result<Schedule> {
    let (name, cron, time_zone, kind, payload, priority, max_attempts, backoff, limit, next_at) = row;
    let mut job = NewJob::new(&kind, &payload)?;
    job.priority = i32::try_from(priority).unwrap_or_default();
    job.retry.max_attempts = u32::try_from(max_attempts).unwrap_or(u32::MAX);
    job.retry.first = duration(backoff);
    job.retry.limit = duration(limit);
    Ok(Schedule {
        name,
        cron,
        time_zone,
        job,
        next_at,
    })
}

impl Connection<'_> {
    async fn due(&mut self) -> Answer<Vec<Row>> {
        let engine = self.engine();
        on!(self, inner => sqlx::query_as(sql!(engine, "select_due_schedules.sql")).fetch_all(&mut **inner).await)
    }

    /// Enqueues the job of one tick, unless another did.
    async fn tick(&mut self, schedule: &Schedule, at: i64, next: Option<i64>) -> Answer<Option<i64>> {
        let engine = self.engine();
        self.begin().await?;
        let work = async {
            let moved = on!(self, inner => {
                sqlx::query(sql!(engine, "advance_schedule.sql"))
                    .bind(&schedule.name)
                    .bind(at)
                    .bind(next)
                    .execute(&mut **inner)
                    .await
                    .map(|done| done.rows_affected())
            })?;
            if moved == 0 {
                return Ok(None);
            }
            self.enqueue_tick(schedule, at, false).await
        };
        let result = work.await;
        self.end(result).await
    }

    /// Enqueues the job and writes the tick down. Where it stands written already, the job is taken back.
    async fn enqueue_tick(&mut self, schedule: &Schedule, at: i64, is_manual: bool) -> Answer<Option<i64>> {
        let engine = self.engine();
        let enqueued = self.enqueue(std::slice::from_ref(&schedule.job)).await?;
        let Some(id) = enqueued.first().and_then(|job| job.id) else {
            return Ok(None);
        };
        let written = on!(self, inner => {
            sqlx::query(sql!(engine, "insert_tick.sql"))
                .bind(&schedule.name)
                .bind(at)
                .bind(is_manual)
                .bind(id)
                .execute(&mut **inner)
                .await
                .map(|done| done.rows_affected())
        })?;
        if written == 0 {
            on!(self, inner => sqlx::query(sql!(engine, "delete_job.sql")).bind(id).execute(&mut **inner).await.map(drop))?;
            return Ok(None);
        }
        Ok(Some(id))
    }
}

impl Queue {
    /// Adds a schedule.
    pub async fn add_schedule(
        &mut self,
        named: &str,
        pattern: &str,
        time_zone: &str,
        job: NewJob,
    ) -> Result<Schedule> {
        let named = name("schedule", named)?;
        let cron = Cron::parse(pattern, time_zone)?;
        let now = self.time().await?;
        let next_at = cron.next(now);
        if next_at.is_none() {
            return Err(Failure::user(format!("`{pattern}` names no time to come"))
                .hint("check day and month: 30 February never comes"));
        }
        let engine = self.url.engine();
        let done = on!(&mut self.connection(), inner => {
            sqlx::query(sql!(engine, "insert_schedule.sql"))
                .bind(named)
                .bind(pattern)
                .bind(time_zone)
                .bind(job.kind())
                .bind(job.payload())
                .bind(i64::from(job.priority))
                .bind(i64::from(job.retry.max_attempts))
                .bind(milliseconds(job.retry.first))
                .bind(milliseconds(job.retry.limit))
                .bind(next_at)
                .execute(&mut **inner)
                .await
                .map(|done| done.rows_affected())
        })
        .explain(&self.url, "cannot take the schedule")?;
        if done == 0 {
            return Err(
                Failure::user(format!("there is a schedule `{named}` already")).hint(format!(
                    "remove it first: packwright jobs schedule remove {named}"
                )),
            );
        }
        Ok(Schedule {
            name: named.to_owned(),
            cron: pattern.to_owned(),
            time_zone: time_zone.to_owned(),
            job,
            next_at,
        })
    }

    /// All schedules, by name.
    pub async fn schedules(&mut self) -> Result<Vec<Schedule>> {
        let engine = self.url.engine();
        let rows: Vec<Row> = on!(&mut self.connection(), inner => {
            sqlx::query_as(sql!(engine, "select_schedules.sql")).fetch_all(&mut **inner).await
        })
        .explain(&self.url, "cannot be read")?;
        rows.into_iter().map(schedule).collect()
    }

    /// The latest ticks of a schedule, newest first.
    pub async fn ticks(&mut self, schedule: &str, limit: usize) -> Result<Vec<Tick>> {
        let engine = self.url.engine();
        let rows: Vec<TickRow> = on!(&mut self.connection(), inner => {
            sqlx::query_as(sql!(engine, "select_ticks.sql"))
                .bind(schedule)
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .fetch_all(&mut **inner)
                .await
        })
        .explain(&self.url, "cannot be read")?;
        Ok(rows
            .into_iter()
            .map(|(at, is_manual, job, state, error)| Tick {
                at,
                is_manual,
                job,
                state: state.as_deref().map(State::named),
                error,
            })
            .collect())
    }

    /// Removes a schedule; false when there is none of that name. What it has enqueued stays.
    pub async fn remove_schedule(&mut self, schedule: &str) -> Result<bool> {
        let engine = self.url.engine();
        let gone = on!(&mut self.connection(), inner => {
            sqlx::query(sql!(engine, "delete_schedule.sql"))
                .bind(schedule)
                .execute(&mut **inner)
                .await
                .map(|done| done.rows_affected())
        })
        .explain(&self.url, "cannot be written to")?;
        Ok(gone > 0)
    }

    /// Enqueues the job of a schedule now, whatever its pattern says; `None` when there is no such schedule.
    pub async fn trigger(&mut self, named: &str) -> Result<Option<i64>> {
        let engine = self.url.engine();
        let row: Option<Row> = on!(&mut self.connection(), inner => {
            sqlx::query_as(sql!(engine, "select_schedule.sql")).bind(named).fetch_optional(&mut **inner).await
        })
        .explain(&self.url, "cannot be read")?;
        let Some(row) = row else { return Ok(None) };
        let found = schedule(row)?;
        let now = self.time().await?;
        let url = self.url.clone();
        let mut connection = self.connection();
        let work = async {
            connection.begin().await?;
            let result = connection.enqueue_tick(&found, now, true).await;
            connection.end(result).await
        };
        work.await.explain(&url, "cannot take the job")
    }

    /// Enqueues what schedules have due. Each time of a schedule is enqueued by one worker only.
    pub fn run_schedules(&mut self) -> Moving<'_, Result<Ticked>> {
        Box::pin(async move {
            let url = self.url.clone();
            let rows = self
                .connection()
                .due()
                .await
                .explain(&url, "cannot be asked for its schedules")?;
            let mut ticked = Ticked::default();
            for row in rows {
                let name = row.0.clone();
                let now = self.time().await?;
                // Another machine may know the time zone.
                let (due, at, next) = match next_tick(row, now) {
                    Ok(Some(tick)) => tick,
                    Ok(None) => continue,
                    Err(failure) => {
                        let failure = failure.during(format!("the schedule `{name}` cannot be run here"));
                        ticked.failures.push((name, failure));
                        continue;
                    }
                };
                let mut connection = self.connection();
                let done = connection
                    .tick(&due, at, next)
                    .await
                    .explain(&url, "cannot run a schedule")?;
                if done.is_some() {
                    ticked.names.push(name);
                }
            }
            Ok(ticked)
        })
    }
}

/// What came of a look at the schedules.
#[derive(Debug, Default)]
pub struct Ticked {
    /// Those that enqueued their job.
    pub names: Vec<String>,
    /// Those that cannot be run here, and why.
    pub failures: Vec<(String, Failure)>,
}

/// The schedule, the time it is due for, and its next.
fn next_tick(row: Row, now: i64) -> Result<Option<(Schedule, i64, Option<i64>)>> {
    let due = schedule(row)?;
    let cron = Cron::parse(&due.cron, &due.time_zone)?;
    Ok(due.next_at.map(|at| {
        let next = cron.next(now.max(at));
        (due, at, next)
    }))
}
