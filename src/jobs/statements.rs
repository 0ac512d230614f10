//! What is said to the database: enqueueing, claims, completions, heartbeats, on a connection of either kind.
//!
//! Lists go to the database as one JSON text and are taken apart there, so that a batch is one statement on both engines.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::json;

use crate::store::Engine;

use super::Connection;
use super::backoff::RetryPolicy;
use super::connection::{on, sql};
use super::job::{Claimed, Enqueued, Finish, NewJob, Run, Shown, State};
use super::queue::Want;

/// Jobs in one statement.
const PORTION: usize = 1_000;

pub(super) type Answer<T> = std::result::Result<T, sqlx::Error>;
type ClaimedRow = (i64, i64, String, String, i64, i64, i64, i64, i64);
pub(super) type ShownRow = (
    i64,
    String,
    String,
    i64,
    Option<String>,
    i64,
    i64,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
);
pub(super) type RunRow = (
    i64,
    i64,
    String,
    i64,
    i64,
    String,
    Option<i64>,
    Option<String>,
    Option<String>,
);

impl Connection<'_> {
    /// Enqueues jobs, in the order given; within the caller's transaction if it is in one. The tables must be there
    /// ([`super::schema::prepare`]).
    pub async fn enqueue(&mut self, jobs: &[NewJob]) -> Answer<Vec<Enqueued>> {
        let mut enqueued = Vec::with_capacity(jobs.len());
        for portion in jobs.chunks(PORTION) {
            enqueued.extend(self.enqueue_portion(portion).await?);
        }
        if let Self::Postgres(connection) = self
            && jobs.iter().any(|job| job.delay.is_zero())
        {
            sqlx::query(include_str!("sql/postgres/notify.sql"))
                .execute(&mut **connection)
                .await?;
        }
        Ok(enqueued)
    }

    async fn enqueue_portion(&mut self, jobs: &[NewJob]) -> Answer<Vec<Enqueued>> {
        let engine = self.engine();
        let rows: Vec<_> = jobs
            .iter()
            .enumerate()
            .map(|(place, job)| row(place, job))
            .collect();
        let rows = json!(rows).to_string();
        let mut made: Vec<(i64, Option<String>)> = on!(self, inner => {
            sqlx::query_as(sql!(engine, "enqueue.sql")).bind(rows).fetch_all(&mut **inner).await
        })?;
        // Ids are given in the order of the list; those without a key are all new.
        made.sort_unstable_by_key(|(id, _)| *id);
        let (keyed, plain): (Vec<_>, Vec<_>) = made.into_iter().partition(|(_, key)| key.is_some());
        let mut new: HashMap<String, i64> = keyed
            .into_iter()
            .filter_map(|(id, key)| Some((key?, id)))
            .collect();
        let taken: Vec<&str> = jobs.iter().filter_map(NewJob::key).collect();
        let there: HashMap<String, i64> = if taken.len() > new.len() {
            let keys = json!(taken).to_string();
            let rows: Vec<(String, i64)> = on!(self, inner => {
                sqlx::query_as(sql!(engine, "select_live_keys.sql")).bind(keys).fetch_all(&mut **inner).await
            })?;
            rows.into_iter().collect()
        } else {
            HashMap::new()
        };
        let mut plain = plain.into_iter().map(|(id, _)| id);
        Ok(jobs
            .iter()
            .map(|job| match job.key() {
                None => Enqueued {
                    id: plain.next(),
                    is_new: true,
                },
                // The first of several with one key is the new one.
                Some(key) => match new.remove(key) {
                    Some(id) => Enqueued {
                        id: Some(id),
                        is_new: true,
                    },
                    None => Enqueued {
                        id: there.get(key).copied(),
                        is_new: false,
                    },
                },
            })
            .collect())
    }

    /// Takes ready jobs for a worker, best first.
    async fn claim(&mut self, want: &Want) -> Answer<Vec<Claimed>> {
        let engine = self.engine();
        let rows: Vec<ClaimedRow> = on!(self, inner => {
            sqlx::query_as(sql!(engine, "claim.sql"))
                .bind(i64::try_from(want.count).unwrap_or(i64::MAX))
                .bind(want.kinds.as_str())
                .bind(want.worker.as_str())
                .bind(milliseconds(want.lease))
                .fetch_all(&mut **inner)
                .await
        })?;
        let mut jobs: Vec<Claimed> = rows.into_iter().map(claimed).collect();
        jobs.sort_unstable_by_key(|job| (std::cmp::Reverse(job.priority), job.id));
        Ok(jobs)
    }

    /// Ends claims whose tokens are still good. Gives the ids of these.
    async fn finish(&mut self, finishes: &[Finish]) -> Answer<Vec<i64>> {
        let given = json!(finishes).to_string();
        match self {
            Self::Postgres(connection) => {
                sqlx::query_scalar(include_str!("sql/postgres/finish.sql"))
                    .bind(given)
                    .fetch_all(&mut **connection)
                    .await
            }
            Self::Sqlite(connection) => {
                let accepted = sqlx::query_scalar(include_str!("sql/sqlite/finish_runs.sql"))
                    .bind(given.as_str())
                    .fetch_all(&mut **connection)
                    .await?;
                sqlx::query(include_str!("sql/sqlite/finish_jobs.sql"))
                    .bind(given)
                    .execute(&mut **connection)
                    .await?;
                Ok(accepted)
            }
        }
    }

    /// Ends claims and takes new ones: one commit on SQLite, one for each on PostgreSQL, where locks should be short.
    pub(super) async fn exchange(
        &mut self,
        finishes: &[Finish],
        want: Option<&Want>,
    ) -> Answer<(Vec<i64>, Vec<Claimed>)> {
        let in_one = self.engine() == Engine::Sqlite;
        if in_one {
            self.begin().await?;
        }
        let result = async {
            let accepted = match finishes {
                [] => Vec::new(),
                finishes => self.finish(finishes).await?,
            };
            let jobs = match want {
                Some(want) => self.claim(want).await?,
                None => Vec::new(),
            };
            Ok((accepted, jobs))
        };
        let result = result.await;
        if in_one { self.end(result).await } else { result }
    }

    /// Extends the leases of what a worker has, and gives the ids of those it has no longer. `held` are ids and tokens.
    pub(super) async fn heartbeat(&mut self, held: &[(i64, i64)], lease: Duration) -> Answer<Vec<i64>> {
        let engine = self.engine();
        let rows: Vec<_> = held
            .iter()
            .map(|(id, token)| json!({"id": id, "token": token}))
            .collect();
        let rows = json!(rows).to_string();
        on!(self, inner => {
            sqlx::query(sql!(engine, "extend_leases.sql"))
                .bind(rows.as_str())
                .bind(milliseconds(lease))
                .execute(&mut **inner)
                .await
                .map(drop)
        })?;
        let still: Vec<i64> = on!(self, inner => {
            sqlx::query_scalar(sql!(engine, "select_held.sql")).bind(rows).fetch_all(&mut **inner).await
        })?;
        Ok(held
            .iter()
            .map(|(id, _)| *id)
            .filter(|id| !still.contains(id))
            .collect())
    }

    /// Makes ready what is due, and what workers left behind that stopped answering. Gives the numbers of both.
    pub(super) async fn revive(&mut self) -> Answer<(u64, u64)> {
        let engine = self.engine();
        let due = on!(self, inner => {
            sqlx::query(sql!(engine, "promote.sql")).execute(&mut **inner).await.map(|done| done.rows_affected())
        })?;
        let lost = match self {
            Self::Postgres(connection) => sqlx::query(include_str!("sql/postgres/reap.sql"))
                .execute(&mut **connection)
                .await?
                .rows_affected(),
            Self::Sqlite(_) => {
                self.begin().await?;
                let result = self.reap().await;
                self.end(result).await?
            }
        };
        Ok((due, lost))
    }

    async fn reap(&mut self) -> Answer<u64> {
        let Self::Sqlite(connection) = self else {
            return Ok(0);
        };
        let lost = sqlx::query(include_str!("sql/sqlite/reap_runs.sql"))
            .execute(&mut **connection)
            .await?
            .rows_affected();
        if lost > 0 {
            sqlx::query(include_str!("sql/sqlite/reap_jobs.sql"))
                .execute(&mut **connection)
                .await?;
        }
        Ok(lost)
    }

    /// Forgets what was done longer ago than this.
    pub(super) async fn prune(&mut self, keep: Duration) -> Answer<()> {
        let engine = self.engine();
        let keep_ticks = milliseconds(keep.max(Duration::from_hours(48)));
        let keep = milliseconds(keep);
        if let Self::Sqlite(connection) = self {
            sqlx::query(include_str!("sql/sqlite/prune_runs.sql"))
                .bind(keep)
                .execute(&mut **connection)
                .await?;
        }
        on!(self, inner => {
            sqlx::query(sql!(engine, "prune_jobs.sql")).bind(keep).execute(&mut **inner).await.map(drop)
        })?;
        on!(self, inner => {
            sqlx::query(sql!(engine, "prune_ticks.sql")).bind(keep_ticks).execute(&mut **inner).await.map(drop)
        })
    }

    /// Milliseconds since 1970 by the clock of the database.
    pub async fn now(&mut self) -> Answer<i64> {
        let engine = self.engine();
        on!(self, inner => sqlx::query_scalar(sql!(engine, "now.sql")).fetch_one(&mut **inner).await)
    }
}

fn row(place: usize, job: &NewJob) -> serde_json::Value {
    json!({
        "place": place,
        "kind": job.kind(),
        "payload": job.payload(),
        "priority": job.priority,
        "key": job.key(),
        "max_attempts": job.retry.max_attempts.max(1),
        "backoff": milliseconds(job.retry.first),
        "backoff_limit": milliseconds(job.retry.limit),
        "delay": milliseconds(job.delay),
    })
}

fn claimed(row: ClaimedRow) -> Claimed {
    let (id, token, kind, payload, priority, attempt, max_attempts, backoff, backoff_limit) = row;
    Claimed {
        id,
        token,
        kind,
        payload,
        priority,
        attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
        retry: RetryPolicy {
            max_attempts: u32::try_from(max_attempts).unwrap_or(u32::MAX),
            first: duration(backoff),
            limit: duration(backoff_limit),
        },
    }
}

pub(super) fn shown(row: ShownRow) -> Shown {
    Shown {
        id: row.0,
        kind: row.1,
        state: State::named(&row.2),
        priority: row.3,
        key: row.4,
        attempt: row.5,
        max_attempts: row.6,
        run_at: row.7,
        enqueued_at: row.8,
        started_at: row.9,
        finished_at: row.10,
        worker: row.11,
        last_error: row.12,
    }
}

pub(super) fn run(row: RunRow) -> Run {
    Run {
        token: row.0,
        attempt: row.1,
        worker: row.2,
        started_at: row.3,
        finished_at: row.4,
        outcome: row.5,
        exit_code: row.6,
        error: row.7,
        output: row.8,
    }
}

/// Ten thousand years are enough, and far from the end of the numbers.
pub(super) fn milliseconds(time: Duration) -> i64 {
    const MOST: i64 = 10_000 * 366 * 86_400_000;
    i64::try_from(time.as_millis()).unwrap_or(MOST).min(MOST)
}

pub(super) fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default())
}
