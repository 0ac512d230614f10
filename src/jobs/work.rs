//! Workers: some tasks that claim, run and complete jobs, and one that keeps their leases, wakes what is due and runs schedules.
//!
//! On PostgreSQL each has a connection of its own; on SQLite, where one writes at a time anyway, they share one.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::json;
use tokio::sync::{Mutex as Turn, Notify, watch};
use tokio::task::JoinSet;

use crate::failure::{Failure, Result};
use crate::io::clock::Stopwatch;
use crate::store::{self, Engine, Url};

use super::handler::{Handlers, Report, Verdict};
use super::job::{Claimed, Finish, Outcome};
use super::plan::{Event, Observer, Plan, Totals, Until};
use super::queue::{Queue, Want};
use super::schedule::Ticked;
use super::statements::milliseconds;

/// Completions wait at most this long for the rest of their batch.
const FLUSH: Duration = Duration::from_millis(100);
/// How often a statement is tried on a database that does not answer: about a minute.
const TRIES: u32 = 10;
/// How often what is done is looked through for what is old.
const PRUNE: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Working,
    /// Nothing new is claimed.
    Stopping,
    /// What still runs is ended and handed back.
    Closing,
    /// All workers are home.
    Over,
}

type Seat = Arc<Turn<Queue>>;

/// What a process has claimed: by id, the token and who wants to know when it is lost.
type Held = HashMap<i64, (i64, Arc<Notify>)>;

struct Shop {
    plan: Plan,
    handlers: Handlers,
    want: Want,
    held: Mutex<Held>,
    wake: Notify,
    phase: watch::Sender<Phase>,
    totals: Mutex<Totals>,
    /// Schedules whose failure was told.
    told: Mutex<HashSet<String>>,
    observer: Observer,
}

/// Repeats work on a queue while the database does not answer, with a new connection each time.
macro_rules! patiently {
    ($shop:expr, $seat:expr, $queue:ident => $work:expr) => {{
        let mut tries = 0;
        loop {
            let mut $queue = $seat.lock().await;
            match $work.await {
                Ok(value) => break Ok(value),
                Err(failure) if tries >= TRIES || $shop.phase() >= Phase::Closing => break Err(failure),
                Err(failure) => {
                    tries += 1;
                    ($shop.observer)(&Event::Trouble(&failure));
                    tokio::time::sleep(Duration::from_millis(50 << tries.min(8))).await;
                    if let Err(failure) = $queue.reopen().await {
                        ($shop.observer)(&Event::Trouble(&failure));
                    }
                }
            }
        }
    }};
}

/// Works until the plan says so, or `stop` counts: at 1 running jobs get the window to end, at 2 they are ended and handed back.
pub async fn work(
    url: &Url,
    handlers: Handlers,
    plan: Plan,
    mut stop: watch::Receiver<u32>,
    observer: Observer,
) -> Result<Totals> {
    let seats = seats(url, &plan).await?;
    let kinds: Vec<&str> = handlers.kinds().collect();
    let shop = Arc::new(Shop {
        want: Want {
            count: plan.batch,
            kinds: json!(kinds).to_string(),
            worker: plan.name.clone(),
            lease: plan.lease,
        },
        handlers,
        held: Mutex::default(),
        wake: Notify::new(),
        phase: watch::Sender::new(Phase::Working),
        totals: Mutex::default(),
        told: Mutex::default(),
        observer,
        plan,
    });
    let Some((control, seats)) = seats.split_last() else {
        return Ok(Totals::default());
    };
    shop.look_after(control).await?;
    let mut background = JoinSet::new();
    background.spawn(control_loop(Arc::clone(&shop), Arc::clone(control)));
    if url.engine() == Engine::Postgres && shop.plan.until == Until::Stopped {
        background.spawn(listen(Arc::clone(&shop), url.clone()));
    }
    let mut workers = JoinSet::new();
    for seat in seats {
        workers.spawn(worker(Arc::clone(&shop), Arc::clone(seat)));
    }
    let result = shop.see_home(&mut workers, &mut stop).await;
    shop.enter(Phase::Over);
    background.shutdown().await;
    result?;
    Ok(*lock(&shop.totals))
}

/// A place at the database for each worker, and one for control.
async fn seats(url: &Url, plan: &Plan) -> Result<Vec<Seat>> {
    let count = plan.workers.max(1);
    let first = open(url, plan).await?;
    let mut seats = vec![Arc::new(Turn::new(first))];
    for _ in 0..count {
        seats.push(match url.engine() {
            Engine::Sqlite => Arc::clone(&seats[0]),
            Engine::Postgres => Arc::new(Turn::new(open(url, plan).await?)),
        });
    }
    Ok(seats)
}

async fn open(url: &Url, plan: &Plan) -> Result<Queue> {
    let mut queue = Queue::open(url).await?;
    if plan.relaxed {
        queue.relax_durability().await?;
    }
    Ok(queue)
}

impl Shop {
    fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Phases only go forward.
    fn enter(&self, phase: Phase) {
        self.phase.send_if_modified(|now| {
            let is_later = phase > *now;
            if is_later {
                *now = phase;
            }
            is_later
        });
    }

    /// Awaits the workers, and what tells them to stop.
    async fn see_home(
        &self,
        workers: &mut JoinSet<Result<()>>,
        stop: &mut watch::Receiver<u32>,
    ) -> Result<()> {
        let mut result = Ok(());
        let mut heard = 0;
        let window = tokio::time::sleep(Duration::MAX);
        tokio::pin!(window);
        let mut is_open = true;
        loop {
            tokio::select! {
                ended = workers.join_next() => match ended {
                    None => return result,
                    Some(ended) => {
                        let ended = ended.unwrap_or_else(|error| {
                            Err(Failure::internal("a worker panicked").because(&error))
                        });
                        if ended.is_err() {
                            // The others go home as well: the queue is out of reach.
                            self.enter(Phase::Closing);
                            result = result.and(ended);
                        }
                    }
                },
                changed = stop.changed(), if is_open => {
                    is_open = changed.is_ok();
                    let signs = *stop.borrow_and_update();
                    if signs > heard {
                        heard = signs;
                        if heard == 1 {
                            self.enter(Phase::Stopping);
                            (self.observer)(&Event::Stopping(lock(&self.held).len()));
                            window.set(tokio::time::sleep(self.plan.window));
                        } else {
                            self.enter(Phase::Closing);
                        }
                    }
                },
                () = &mut window => {
                    self.enter(Phase::Closing);
                    window.set(tokio::time::sleep(Duration::MAX));
                }
            }
        }
    }

    /// Makes ready what is due, and runs schedules.
    async fn look_after(&self, seat: &Seat) -> Result<()> {
        let (due, lost) = patiently!(self, seat, queue => queue.revive())?;
        let Ticked { names, failures } = patiently!(self, seat, queue => queue.run_schedules())?;
        for schedule in &names {
            (self.observer)(&Event::Ticked(schedule));
        }
        for (schedule, failure) in &failures {
            // Told once: it fails at every look.
            if lock(&self.told).insert(schedule.clone()) {
                (self.observer)(&Event::Trouble(failure));
            }
        }
        if lost > 0 {
            (self.observer)(&Event::Revived(lost));
        }
        if due + lost > 0 || !names.is_empty() {
            self.wake.notify_waiters();
        }
        Ok(())
    }

    async fn keep_leases(&self, seat: &Seat) -> Result<()> {
        let held: Vec<(i64, i64)> = lock(&self.held)
            .iter()
            .map(|(id, (token, _))| (*id, *token))
            .collect();
        if held.is_empty() {
            return Ok(());
        }
        let lost = patiently!(self, seat, queue => queue.heartbeat(&held, self.plan.lease))?;
        let present = lock(&self.held);
        for id in lost {
            let token = held
                .iter()
                .find(|(other, _)| *other == id)
                .map(|(_, token)| *token);
            if let Some((other, lost)) = present.get(&id)
                && Some(*other) == token
            {
                lost.notify_one();
            }
        }
        Ok(())
    }

    /// Waits for something to do.
    async fn idle(&self) {
        let mut phase = self.phase.subscribe();
        // Not all at the same time.
        let poll = self.plan.poll.mul_f64(0.5 + fastrand::f64());
        tokio::select! {
            () = self.wake.notified() => {}
            () = tokio::time::sleep(poll) => {}
            () = reached(&mut phase, Phase::Stopping) => {}
        }
    }

    /// Runs one job; `None` when it was lost to another worker.
    async fn run(&self, job: &Claimed, lost: &Notify) -> Option<Finish> {
        if lost.notified().now_or_never().is_some() {
            return None;
        }
        let Some(handler) = self.handlers.of_kind(&job.kind) else {
            return Some(Finish::plain(job, Outcome::Released));
        };
        (self.observer)(&Event::Begun(job));
        let mut running = JoinSet::new();
        let (handler, given) = (Arc::clone(handler), job.clone());
        running.spawn(async move { handler.run(&given).await });
        let mut phase = self.phase.subscribe();
        tokio::select! {
            ended = running.join_next() => Some(match ended {
                Some(Ok(report)) => judge(job, report),
                _ => judge(job, Report::retry("the handler panicked")),
            }),
            () = lost.notified() => None,
            () = reached(&mut phase, Phase::Closing) => {
                // The work ends before the job is handed to another.
                running.shutdown().await;
                Some(Finish::plain(job, Outcome::Released))
            }
        }
    }

    fn count(&self, finish: &Finish) {
        let mut totals = lock(&self.totals);
        match finish.outcome {
            Outcome::Done => totals.done += 1,
            Outcome::Failed => totals.failed += 1,
            Outcome::Dead => totals.dead += 1,
            Outcome::Released => totals.released += 1,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for a phase, or a later one.
async fn reached(now: &mut watch::Receiver<Phase>, phase: Phase) {
    // The sender lives as long as whoever waits.
    let _ = now.wait_for(|now| *now >= phase).await;
}

/// What a report means for the job.
fn judge(job: &Claimed, report: Report) -> Finish {
    let wait = match report.verdict {
        Verdict::Retry => job.retry.wait(job.attempt, fastrand::f64()),
        Verdict::Done | Verdict::Dead => None,
    };
    let outcome = match (report.verdict, wait) {
        (Verdict::Done, _) => Outcome::Done,
        (Verdict::Retry, Some(_)) => Outcome::Failed,
        (Verdict::Retry, None) | (Verdict::Dead, _) => Outcome::Dead,
    };
    let clean = |text: String| text.replace('\0', "\u{fffd}");
    Finish {
        delay: wait.map_or(0, milliseconds),
        exit_code: report.exit_code,
        error: report.error.map(clean),
        output: report.output.map(clean),
        ..Finish::plain(job, outcome)
    }
}

/// A job that was run, and for how long.
struct Run {
    job: Claimed,
    took: Duration,
    finish: Finish,
}

async fn worker(shop: Arc<Shop>, seat: Seat) -> Result<()> {
    let mut runs: Vec<Run> = Vec::new();
    let mut has_claimed = false;
    loop {
        let may_claim = shop.phase() == Phase::Working && !(has_claimed && shop.plan.until == Until::Once);
        if runs.is_empty() && !may_claim {
            return Ok(());
        }
        let jobs = exchange(&shop, &seat, &mut runs, may_claim).await?;
        if jobs.is_empty() {
            if may_claim && shop.plan.until == Until::Stopped {
                shop.idle().await;
                continue;
            }
            return Ok(());
        }
        has_claimed = true;
        let mut since = Stopwatch::start();
        for (job, lost) in jobs {
            let watch = Stopwatch::start();
            let finish = if shop.phase() == Phase::Working {
                shop.run(&job, &lost).await
            } else {
                Some(Finish::plain(&job, Outcome::Released))
            };
            let Some(finish) = finish else {
                lock(&shop.held).remove(&job.id);
                lock(&shop.totals).fenced += 1;
                (shop.observer)(&Event::Fenced(&job));
                continue;
            };
            let took = watch.elapsed();
            runs.push(Run { job, took, finish });
            if since.elapsed() >= FLUSH {
                exchange(&shop, &seat, &mut runs, false).await?;
                since = Stopwatch::start();
            }
        }
    }
}

/// Sends what has ended, and takes new jobs if there may be more.
async fn exchange(
    shop: &Shop,
    seat: &Seat,
    runs: &mut Vec<Run>,
    may_claim: bool,
) -> Result<Vec<(Claimed, Arc<Notify>)>> {
    let finishes: Vec<Finish> = runs.iter().map(|run| run.finish.clone()).collect();
    let want = may_claim.then_some(&shop.want);
    let (accepted, jobs) = patiently!(shop, seat, queue => queue.exchange(&finishes, want))?;
    let accepted: HashSet<i64> = accepted.into_iter().collect();
    for Run { job, took, finish } in runs.drain(..) {
        lock(&shop.held).remove(&job.id);
        if accepted.contains(&job.id) {
            shop.count(&finish);
            (shop.observer)(&Event::Ended {
                job: &job,
                outcome: finish.outcome,
                error: finish.error.as_deref(),
                took,
                delay: finish.delay,
            });
        } else {
            lock(&shop.totals).fenced += 1;
            (shop.observer)(&Event::Fenced(&job));
        }
    }
    let mut held = lock(&shop.held);
    let claimed = jobs.into_iter().map(|job| {
        let lost = Arc::new(Notify::new());
        held.insert(job.id, (job.token, Arc::clone(&lost)));
        (job, lost)
    });
    Ok(claimed.collect())
}

/// Keeps leases and looks after the queue until all workers are home. What fails here fails the workers too, and they tell.
async fn control_loop(shop: Arc<Shop>, seat: Seat) {
    let mut phase = shop.phase.subscribe();
    let heartbeat = shop.plan.lease / 3;
    let (mut beaten, mut pruned) = (Stopwatch::start(), Stopwatch::start());
    loop {
        let pause = shop.plan.poll.min(heartbeat);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = reached(&mut phase, Phase::Over) => return,
        }
        if beaten.elapsed() + pause / 2 >= heartbeat {
            beaten = Stopwatch::start();
            if let Err(failure) = shop.keep_leases(&seat).await {
                (shop.observer)(&Event::Trouble(&failure));
            }
        }
        if shop.phase() > Phase::Working {
            continue;
        }
        if let Err(failure) = shop.look_after(&seat).await {
            (shop.observer)(&Event::Trouble(&failure));
        }
        if pruned.elapsed() >= PRUNE {
            pruned = Stopwatch::start();
            if let Err(failure) = seat.lock().await.prune(shop.plan.keep).await {
                (shop.observer)(&Event::Trouble(&failure));
            }
        }
    }
}

/// Wakes idle workers when jobs are enqueued anywhere. Where the server cannot tell, as behind a transaction pooler, they look by
/// themselves.
async fn listen(shop: Arc<Shop>, url: Url) {
    loop {
        if let Ok(mut listener) = store::listen(&url, "packwright_jobs").await {
            while listener.recv().await.is_ok() {
                shop.wake.notify_waiters();
            }
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
}
