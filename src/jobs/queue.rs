//! The queue of one process: a connection, its address, and failures in words.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use crate::failure::{Failure, Result};
use crate::store::{Database, Engine, Explain as _, Url, connect_postgres};

use super::Connection;
use super::connection::{on, sql};
use super::job::{Claimed, Enqueued, Finish, NewJob, Run, Shown, State};
use super::schema;
use super::statements::{RunRow, ShownRow, run, shown};

/// What a worker asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    /// Most jobs.
    pub count: usize,
    /// JSON list of the kinds it can run.
    pub kinds: String,
    /// Who it is, for people.
    pub worker: String,
    /// For how long it has them before its first heartbeat.
    pub lease: Duration,
}

/// Work on a database that may move between threads. Boxed, because rustc cannot prove that of the drivers' own futures where
/// several of them are nested.
pub type Moving<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The queue of one process.
#[derive(Debug)]
pub struct Queue {
    pub(super) database: Database,
    pub(super) url: Url,
    is_relaxed: bool,
}

impl Queue {
    /// Opens the queue; database file and tables are made where they are missing.
    pub async fn open(url: &Url) -> Result<Self> {
        let mut queue = Self::of(Database::open(url).await?, url);
        let version = schema::prepare(&mut queue.connection())
            .await
            .explain(url, "cannot be given the tables of `jobs`")?;
        queue.check(version)?;
        Ok(queue)
    }

    /// Opens the queue for a look that makes nothing; `None` when nothing was ever enqueued.
    pub async fn look(url: &Url) -> Result<Option<Self>> {
        Self::found(Database::look(url).await?, url).await
    }

    /// Like [`look`](Self::look), for what may be a moment old; see [`Database::read`].
    pub async fn read(url: &Url, notice: &mut dyn FnMut(String)) -> Result<Option<Self>> {
        Self::found(Database::read(url, notice).await?, url).await
    }

    async fn found(database: Option<Database>, url: &Url) -> Result<Option<Self>> {
        let Some(database) = database else {
            return Ok(None);
        };
        let mut queue = Self::of(database, url);
        let version = schema::version(&mut queue.connection())
            .await
            .explain(url, "cannot be read")?;
        queue.check(version)?;
        Ok((version > 0).then_some(queue))
    }

    fn of(database: Database, url: &Url) -> Self {
        Self {
            database,
            url: url.clone(),
            is_relaxed: false,
        }
    }

    fn check(&self, version: i64) -> Result<()> {
        if version <= schema::VERSION {
            return Ok(());
        }
        Err(Failure::user(format!(
            "`{}` has the tables of `jobs` in version {version}; this packwright knows version {}",
            self.url,
            schema::VERSION
        ))
        .hint("use a newer packwright here: workers must be at least as new as the tables"))
    }

    /// Answers commits before they are on the disk: a crash of the machine may forget the last ones, never half of one.
    pub async fn relax_durability(&mut self) -> Result<()> {
        let url = self.url.clone();
        let mut connection = self.connection();
        let script = sql!(connection.engine(), "relax_durability.sql");
        connection.raw(script).await.explain(&url, "cannot be set up")?;
        self.is_relaxed = true;
        Ok(())
    }

    /// Takes a new connection in the place of one that broke.
    pub(super) fn reopen(&mut self) -> Moving<'_, Result<()>> {
        Box::pin(async move {
            // What is in memory is gone with its connection, and a file does not go away.
            if self.url.engine() == Engine::Sqlite {
                return Ok(());
            }
            self.database = Database::Postgres(Box::new(connect_postgres(&self.url).await?));
            if self.is_relaxed {
                self.relax_durability().await?;
            }
            Ok(())
        })
    }

    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The connection, for work of several statements.
    pub fn connection(&mut self) -> Connection<'_> {
        Connection::from(&mut self.database)
    }

    pub async fn close(self) -> Result<()> {
        self.database.close(&self.url).await
    }

    /// Enqueues jobs, all or none.
    pub async fn enqueue(&mut self, jobs: &[NewJob]) -> Result<Vec<Enqueued>> {
        let mut connection = Connection::from(&mut self.database);
        let work = async {
            connection.begin().await?;
            let result = connection.enqueue(jobs).await;
            connection.end(result).await
        };
        work.await.explain(&self.url, "cannot take the jobs")
    }

    /// Takes ready jobs for a worker, best first.
    pub async fn claim(&mut self, want: &Want) -> Result<Vec<Claimed>> {
        let (_, jobs) = self.exchange(&[], Some(want)).await?;
        Ok(jobs)
    }

    /// Ends claims whose tokens are still good, and gives the ids of these.
    pub async fn finish(&mut self, finishes: &[Finish]) -> Result<Vec<i64>> {
        let (accepted, _) = self.exchange(finishes, None).await?;
        Ok(accepted)
    }

    pub(super) fn exchange<'a>(
        &'a mut self,
        finishes: &'a [Finish],
        want: Option<&'a Want>,
    ) -> Moving<'a, Result<(Vec<i64>, Vec<Claimed>)>> {
        Box::pin(async move {
            let mut connection = Connection::from(&mut self.database);
            let result = connection.exchange(finishes, want).await;
            result.explain(&self.url, "cannot hand out jobs")
        })
    }

    /// Extends the leases of what is held (ids and tokens); gives the ids of those that others have by now.
    pub fn heartbeat<'a>(
        &'a mut self,
        held: &'a [(i64, i64)],
        lease: Duration,
    ) -> Moving<'a, Result<Vec<i64>>> {
        Box::pin(async move {
            let mut connection = Connection::from(&mut self.database);
            let result = connection.heartbeat(held, lease).await;
            result.explain(&self.url, "cannot extend leases")
        })
    }

    /// Makes ready what is due, and what workers left behind that stopped answering. Gives the numbers of both.
    pub fn revive(&mut self) -> Moving<'_, Result<(u64, u64)>> {
        Box::pin(async move {
            let result = Connection::from(&mut self.database).revive().await;
            result.explain(&self.url, "cannot be looked after")
        })
    }

    /// Forgets what was done longer ago than this, a portion at a time.
    pub fn prune(&mut self, keep: Duration) -> Moving<'_, Result<()>> {
        Box::pin(async move {
            let result = Connection::from(&mut self.database).prune(keep).await;
            result.explain(&self.url, "cannot be tidied up")
        })
    }

    /// Milliseconds since 1970 by the clock of the database.
    pub async fn time(&mut self) -> Result<i64> {
        let result = self.connection().now().await;
        result.explain(&self.url, "cannot be asked for the time")
    }

    /// How many jobs there are in each state.
    pub async fn counts(&mut self) -> Result<BTreeMap<State, u64>> {
        let engine = self.database.engine();
        let rows: Vec<(String, i64)> = on!(&mut self.connection(), inner => {
            sqlx::query_as(sql!(engine, "count_states.sql")).fetch_all(&mut **inner).await
        })
        .explain(&self.url, "cannot be read")?;
        Ok(rows
            .into_iter()
            .map(|(state, count)| (State::named(&state), count.cast_unsigned()))
            .collect())
    }

    /// Jobs in some states: running ones first, then in the order in which they will run.
    pub async fn list(&mut self, states: &[State], kind: Option<&str>, limit: usize) -> Result<Vec<Shown>> {
        let engine = self.database.engine();
        let states: Vec<&str> = states.iter().map(|state| state.name()).collect();
        let rows: Vec<ShownRow> = on!(&mut self.connection(), inner => {
            sqlx::query_as(sql!(engine, "select_jobs.sql"))
                .bind(json!(states).to_string())
                .bind(kind)
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .fetch_all(&mut **inner)
                .await
        })
        .explain(&self.url, "cannot be read")?;
        Ok(rows.into_iter().map(shown).collect())
    }

    /// One job with its payload and every run of it.
    pub async fn show(&mut self, id: i64) -> Result<Option<(Shown, String, Vec<Run>)>> {
        let engine = self.database.engine();
        let url = self.url.clone();
        let mut connection = self.connection();
        let work = async {
            let job: Option<ShownRow> = on!(&mut connection, inner => {
                sqlx::query_as(sql!(engine, "select_job.sql")).bind(id).fetch_optional(&mut **inner).await
            })?;
            let Some(job) = job else { return Ok(None) };
            let payload: Option<String> = on!(&mut connection, inner => {
                sqlx::query_scalar(sql!(engine, "select_payload.sql")).bind(id).fetch_optional(&mut **inner).await
            })?;
            let runs: Vec<RunRow> = on!(&mut connection, inner => {
                sqlx::query_as(sql!(engine, "select_runs.sql")).bind(id).fetch_all(&mut **inner).await
            })?;
            let runs = runs.into_iter().map(run).collect();
            Ok(Some((shown(job), payload.unwrap_or_default(), runs)))
        };
        work.await.explain(&url, "cannot be read")
    }

    /// Makes dead and waiting jobs ready at once, and gives the ids of those it did that for.
    pub async fn retry(&mut self, ids: &[i64]) -> Result<Vec<i64>> {
        let engine = self.database.engine();
        on!(&mut self.connection(), inner => {
            sqlx::query_scalar(sql!(engine, "retry.sql")).bind(json!(ids).to_string()).fetch_all(&mut **inner).await
        })
        .explain(&self.url, "cannot be written to")
    }

    /// The same for all dead jobs, or those of a kind.
    pub async fn retry_dead(&mut self, kind: Option<&str>) -> Result<Vec<i64>> {
        let engine = self.database.engine();
        on!(&mut self.connection(), inner => {
            sqlx::query_scalar(sql!(engine, "retry_dead.sql")).bind(kind).fetch_all(&mut **inner).await
        })
        .explain(&self.url, "cannot be written to")
    }

    /// Removes every job of a kind, with its runs.
    pub(super) async fn delete_kind(&mut self, kind: &str) -> Result<()> {
        let engine = self.database.engine();
        let url = self.url.clone();
        let mut connection = self.connection();
        let work = async {
            if let Connection::Sqlite(connection) = &mut connection {
                sqlx::query(include_str!("sql/sqlite/delete_kind_runs.sql"))
                    .bind(kind)
                    .execute(&mut **connection)
                    .await?;
            }
            on!(&mut connection, inner => {
                sqlx::query(sql!(engine, "delete_kind.sql")).bind(kind).execute(&mut **inner).await.map(drop)
            })
        };
        work.await.explain(&url, "cannot be tidied up")
    }
}
