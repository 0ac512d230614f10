//! Workers are killed and frozen at random points, and every job is completed exactly once all the same.
//!
//! `PACKWRIGHT_JOBS_KILL=100000 cargo nextest run -E 'test(jobs::kill)' --no-capture` is the long mode.

use std::collections::HashSet;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use packwright::jobs::job::{NewJob, State};
use rustix::process::Signal;
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, SqliteConnection};

use super::{Place, signal};
use crate::postgres::{block_on, connect};

/// Processes with two workers each.
const PROCESSES: usize = 4;

struct Worker {
    child: Child,
    /// Frozen until then.
    thaws: Option<Instant>,
}

fn start(place: &Place) -> Worker {
    let child = place
        .sandbox
        .command(["jobs", "work", "--workers", "2", "--batch", "8", "--quiet"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Worker { child, thaws: None }
}

#[derive(Debug, Default)]
struct Harm {
    kills: usize,
    freezes: usize,
}

/// Works off `count` jobs while killing and freezing workers.
fn torment(place: &Place, count: usize) -> (Harm, Duration) {
    place.settings(
        "lease_seconds = 1",
        &[("a", "echo $PACKWRIGHT_JOB_ID $PACKWRIGHT_JOB_TOKEN >> effects")],
    );
    block_on(async {
        let mut job = NewJob::new("a", "{}").unwrap();
        job.retry.max_attempts = 1_000;
        place.queue().await.enqueue(&vec![job; count]).await.unwrap();
    });
    let began = Instant::now();
    let patience = Duration::from_mins(1) + Duration::from_millis(20) * u32::try_from(count).unwrap();
    let mut harm = Harm::default();
    let mut workers: Vec<Worker> = (0..PROCESSES).map(|_| start(place)).collect();
    loop {
        std::thread::sleep(Duration::from_millis(fastrand::u64(20..400)));
        let done = block_on(async {
            let counts = place.queue().await.counts().await.unwrap();
            counts.get(&State::Done).copied().unwrap_or_default()
        });
        if done == count as u64 {
            break;
        }
        assert!(
            began.elapsed() < patience,
            "{done} of {count} are done, after {harm:?}"
        );
        for worker in &mut workers {
            if worker.thaws.is_some_and(|at| at <= Instant::now()) {
                signal(&worker.child, Signal::CONT);
                worker.thaws = None;
            }
        }
        let chosen = fastrand::usize(..workers.len());
        if workers[chosen].thaws.is_none() && fastrand::u8(..10) < 3 {
            signal(&workers[chosen].child, Signal::STOP);
            // Longer than its leases.
            workers[chosen].thaws = Some(Instant::now() + Duration::from_millis(fastrand::u64(1_500..3_000)));
            harm.freezes += 1;
        } else {
            workers[chosen].child.kill().unwrap();
            workers[chosen].child.wait().unwrap();
            workers[chosen] = start(place);
            harm.kills += 1;
        }
    }
    let took = began.elapsed();
    // Those that are still frozen wake up to find their jobs done by others.
    for worker in &workers {
        signal(&worker.child, Signal::CONT);
    }
    std::thread::sleep(Duration::from_secs(1));
    for worker in &mut workers {
        signal(&worker.child, Signal::TERM);
        worker.child.wait().unwrap();
    }
    (harm, took)
}

/// Jobs done, runs that ended well, jobs among these, runs that were lost, and the job and token of every run that ended well.
type Books = (i64, i64, i64, i64, Vec<(i64, i64)>);

macro_rules! books {
    ($connection:expr) => {{
        let mut numbers = Vec::new();
        for query in [
            "SELECT COUNT(*) FROM packwright_jobs WHERE state = 'done'",
            "SELECT COUNT(*) FROM packwright_job_runs WHERE outcome = 'done'",
            "SELECT COUNT(DISTINCT job_id) FROM packwright_job_runs WHERE outcome = 'done'",
            "SELECT COUNT(*) FROM packwright_job_runs WHERE outcome = 'lost'",
        ] {
            numbers.push(
                sqlx::query_scalar::<_, i64>(query)
                    .fetch_one(&mut $connection)
                    .await
                    .unwrap(),
            );
        }
        let runs = "SELECT job_id, token FROM packwright_job_runs WHERE outcome = 'done'";
        let runs = sqlx::query_as(runs).fetch_all(&mut $connection).await.unwrap();
        (numbers[0], numbers[1], numbers[2], numbers[3], runs)
    }};
}

async fn books(place: &Place, postgres: Option<&str>) -> Books {
    if let Some(url) = postgres {
        let mut connection: PgConnection = connect(url).await;
        books!(connection)
    } else {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(place.sandbox.path("store.db"));
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        books!(connection)
    }
}

#[expect(clippy::print_stderr, reason = "the long mode is read by people")]
fn holds(place: &Place, count: usize) {
    let (harm, took) = torment(place, count);
    let postgres = place.server.as_ref().map(|server| server.url.as_str());
    let (done, well, jobs, lost, runs) = block_on(books(place, postgres));
    let expected = i64::try_from(count).unwrap();
    assert_eq!(
        (done, well, jobs),
        (expected, expected, expected),
        "after {harm:?}"
    );
    // Each completion is of work that was done under its token.
    let effects = place.sandbox.read("effects");
    let effects: HashSet<&str> = effects.lines().collect();
    let unbacked = runs
        .iter()
        .filter(|(job, token)| !effects.contains(format!("{job} {token}").as_str()))
        .count();
    assert_eq!(unbacked, 0);
    eprintln!(
        "{}: {count} jobs in {:.1} s, {harm:?}, {lost} runs lost, {} side effects",
        place.url,
        took.as_secs_f64(),
        effects.len()
    );
}

fn count() -> usize {
    std::env::var("PACKWRIGHT_JOBS_KILL")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(150)
}

#[test]
fn every_job_is_completed_once_on_sqlite() {
    holds(&Place::sqlite(), count());
}

#[test]
fn every_job_is_completed_once_on_postgres() {
    if let Some(place) = Place::postgres() {
        holds(&place, count());
    }
}
