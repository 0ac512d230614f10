//! The queue as a library: transactions, tokens, leases, ticks.

use std::time::Duration;

use packwright::jobs::Connection;
use packwright::jobs::backoff::RetryPolicy;
use packwright::jobs::job::{Claimed, Finish, NewJob, Outcome, State};
use packwright::jobs::queue::{Queue, Want};
use packwright::store::Database;
use sqlx::Connection as _;

use super::on_each;

fn want(count: usize, lease: Duration) -> Want {
    Want {
        count,
        kinds: "[\"a\"]".to_owned(),
        worker: "test".to_owned(),
        lease,
    }
}

fn job(payload: &str) -> NewJob {
    NewJob::new("a", payload).unwrap()
}

const LONG: Duration = Duration::from_hours(1);

async fn claim_one(queue: &mut Queue, lease: Duration) -> Claimed {
    let mut jobs = queue.claim(&want(1, lease)).await.unwrap();
    assert_eq!(jobs.len(), 1);
    jobs.remove(0)
}

#[test]
fn a_job_is_enqueued_with_the_callers_transaction_or_not_at_all() {
    on_each(&async |place| {
        let mut queue = place.queue().await;
        for (commits, expected) in [(false, 0), (true, 1)] {
            match Database::open(&place.url).await.unwrap() {
                Database::Sqlite(mut connection) => {
                    let mut transaction = connection.begin().await.unwrap();
                    Connection::from(&mut *transaction)
                        .enqueue(&[job("1")])
                        .await
                        .unwrap();
                    if commits {
                        transaction.commit().await.unwrap();
                    } else {
                        transaction.rollback().await.unwrap();
                    }
                }
                Database::Postgres(mut connection) => {
                    let mut transaction = connection.begin().await.unwrap();
                    Connection::from(&mut *transaction)
                        .enqueue(&[job("1")])
                        .await
                        .unwrap();
                    if commits {
                        transaction.commit().await.unwrap();
                    } else {
                        transaction.rollback().await.unwrap();
                    }
                }
            }
            let ready = queue.counts().await.unwrap().get(&State::Ready).copied();
            assert_eq!(ready.unwrap_or_default(), expected);
        }
    });
}

#[test]
fn many_jobs_get_their_ids_in_order_and_keys_are_had_once() {
    on_each(&async |place| {
        let mut queue = place.queue().await;
        let mut jobs: Vec<NewJob> = (0..2_500).map(|number| job(&number.to_string())).collect();
        jobs[7] = job("7").with_key("k").unwrap();
        jobs[9] = job("9").with_key("k").unwrap();
        let enqueued = queue.enqueue(&jobs).await.unwrap();
        assert_eq!(enqueued.iter().filter(|one| one.is_new).count(), 2_499);
        assert!(enqueued[7].is_new && !enqueued[9].is_new);
        assert_eq!(enqueued[7].id, enqueued[9].id);
        for (number, one) in enqueued.iter().enumerate().filter(|(number, _)| *number != 9) {
            let (_, payload, _) = queue.show(one.id.unwrap()).await.unwrap().unwrap();
            assert_eq!(payload, number.to_string());
        }
    });
}

#[test]
fn a_token_that_is_out_of_date_completes_nothing() {
    on_each(&async |place| {
        let mut queue = place.queue().await;
        queue.enqueue(&[job("1")]).await.unwrap();
        let slow = claim_one(&mut queue, Duration::from_millis(1)).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(queue.revive().await.unwrap(), (0, 1));
        // Nobody has it now, and still the old token is worth nothing.
        let end = |job: &Claimed| [Finish::plain(job, Outcome::Done)];
        assert!(queue.finish(&end(&slow)).await.unwrap().is_empty());
        let quick = claim_one(&mut queue, LONG).await;
        assert_eq!((quick.id, quick.attempt), (slow.id, 2));
        assert!(quick.token > slow.token);
        assert!(queue.finish(&end(&slow)).await.unwrap().is_empty());
        let lost = queue.heartbeat(&[(slow.id, slow.token)], LONG).await.unwrap();
        assert_eq!(lost, [slow.id]);
        assert!(
            queue
                .heartbeat(&[(quick.id, quick.token)], LONG)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(queue.finish(&end(&quick)).await.unwrap(), [quick.id]);
        // Nor is it completed twice.
        assert!(queue.finish(&end(&quick)).await.unwrap().is_empty());
        let (shown, _, runs) = queue.show(quick.id).await.unwrap().unwrap();
        assert_eq!(shown.state, State::Done);
        let outcomes: Vec<&str> = runs.iter().map(|run| run.outcome.as_str()).collect();
        assert_eq!(outcomes, ["lost", "done"]);
    });
}

#[test]
fn a_heartbeat_keeps_a_job_beyond_its_lease() {
    on_each(&async |place| {
        let mut queue = place.queue().await;
        queue.enqueue(&[job("1")]).await.unwrap();
        let held = claim_one(&mut queue, Duration::from_millis(1)).await;
        queue.heartbeat(&[(held.id, held.token)], LONG).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(queue.revive().await.unwrap(), (0, 0));
    });
}

#[test]
fn what_kills_its_workers_again_and_again_is_dead_in_the_end() {
    on_each(&async |place| {
        let mut queue = place.queue().await;
        let mut poison = job("1");
        poison.retry = RetryPolicy {
            max_attempts: 2,
            ..RetryPolicy::default()
        };
        queue.enqueue(&[poison]).await.unwrap();
        for _ in 0..2 {
            claim_one(&mut queue, Duration::from_millis(1)).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            queue.revive().await.unwrap();
        }
        assert_eq!(queue.counts().await.unwrap()[&State::Dead], 1);
    });
}

#[test]
fn two_who_claim_at_once_get_different_jobs() {
    on_each(&async |place| {
        let mut queue = place.queue().await;
        let jobs: Vec<NewJob> = (0..400).map(|number| job(&number.to_string())).collect();
        queue.enqueue(&jobs).await.unwrap();
        let take = async || {
            let mut queue = place.queue().await;
            let mut taken = Vec::new();
            loop {
                let jobs = queue.claim(&want(7, LONG)).await.unwrap();
                if jobs.is_empty() {
                    return taken;
                }
                taken.extend(jobs.into_iter().map(|job| job.id));
            }
        };
        let (one, two, three) = tokio::join!(take(), take(), take());
        let mut all = [one, two, three].concat();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!((count, all.len()), (400, 400));
    });
}

#[test]
fn a_tick_is_run_once_however_many_look() {
    on_each(&async |place| {
        let mut queue = place.queue().await;
        queue
            .add_schedule("each-second", "* * * * * *", "UTC", job("1"))
            .await
            .unwrap();
        let look = async || {
            let mut queue = place.queue().await;
            let mut count = 0;
            for _ in 0..60 {
                count += queue.run_schedules().await.unwrap().names.len();
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            count
        };
        let (one, two, three) = tokio::join!(look(), look(), look());
        let ticks = queue.ticks("each-second", 100).await.unwrap();
        assert_eq!(one + two + three, ticks.len());
        assert!(ticks.len() >= 2, "{ticks:?}");
        let mut times: Vec<i64> = ticks.iter().map(|tick| tick.at).collect();
        times.dedup();
        assert_eq!(times.len(), ticks.len());
        assert_eq!(queue.counts().await.unwrap()[&State::Ready], ticks.len() as u64);
        // What is removed and added again repeats no tick.
        assert!(queue.remove_schedule("each-second").await.unwrap());
        assert_eq!(queue.ticks("each-second", 100).await.unwrap().len(), ticks.len());
    });
}

#[test]
fn what_was_done_long_ago_is_forgotten_and_nothing_else() {
    on_each(&async |place| {
        let mut queue = place.queue().await;
        queue.enqueue(&[job("1"), job("2")]).await.unwrap();
        let done = claim_one(&mut queue, LONG).await;
        queue
            .finish(&[Finish::plain(&done, Outcome::Done)])
            .await
            .unwrap();
        queue.prune(LONG).await.unwrap();
        assert!(queue.show(done.id).await.unwrap().is_some());
        tokio::time::sleep(Duration::from_millis(20)).await;
        queue.prune(Duration::ZERO).await.unwrap();
        assert!(queue.show(done.id).await.unwrap().is_none());
        assert_eq!(
            queue.counts().await.unwrap().into_iter().collect::<Vec<_>>(),
            [(State::Ready, 1)]
        );
    });
}
