//! The job queue on both engines: what the commands do, and what must hold whatever happens.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "this is a test")]

mod kill;
mod queue;

use std::fmt::Write as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use packwright::jobs::queue::Queue;
use packwright::store::Url;
use serde_json::Value;
use sqlx::ConnectOptions as _;

use crate::postgres::{TestDatabase, block_on, connect};
use crate::sandbox::{Run, Sandbox};

/// A sandbox whose `DATABASE_URL` is a fresh database.
struct Place {
    sandbox: Sandbox,
    url: Url,
    /// Dropped after the test.
    server: Option<TestDatabase>,
}

impl Place {
    fn sqlite() -> Self {
        let mut sandbox = Sandbox::new();
        let path = sandbox.path("store.db");
        sandbox.set("DATABASE_URL", "sqlite:store.db");
        Self {
            sandbox,
            url: Url::of_file(path),
            server: None,
        }
    }

    fn postgres() -> Option<Self> {
        TestDatabase::new().map(Self::on)
    }

    fn on(server: TestDatabase) -> Self {
        let mut sandbox = Sandbox::new();
        sandbox.set("DATABASE_URL", &server.url);
        Self {
            sandbox,
            url: Url::parse(&server.url).unwrap(),
            server: Some(server),
        }
    }

    /// One on each engine that can be had, of PostgreSQL its newest version and an older one.
    fn each() -> Vec<Self> {
        let servers = TestDatabase::each().into_iter().map(Self::on);
        std::iter::once(Self::sqlite()).chain(servers).collect()
    }

    /// Writes `[jobs]` with these lines, and handlers with shell scripts.
    fn settings(&self, lines: &str, handlers: &[(&str, &str)]) {
        let mut text = format!("[jobs]\npoll_milliseconds = 50\n{lines}\n\n[jobs.handlers]\n");
        for (kind, script) in handlers {
            writeln!(text, "{kind} = [\"sh\", \"-c\", '''{script}''']").unwrap();
        }
        self.sandbox.write("packwright.toml", text);
    }

    fn jobs(&self, arguments: &str) -> Run {
        self.sandbox.line(&format!("jobs {arguments}"))
    }

    fn json(&self, arguments: &str) -> Value {
        self.jobs(&format!("{arguments} --format json")).expect(0).json()
    }

    fn enqueue(&self, arguments: &str) -> i64 {
        let run = self.jobs(&format!("enqueue {arguments}")).expect(0);
        run.stdout.trim().parse().unwrap()
    }

    fn start(&self, arguments: &str) -> Child {
        let line = format!("jobs {arguments}");
        self.sandbox
            .command(line.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    async fn queue(&self) -> Queue {
        Queue::open(&self.url).await.unwrap()
    }

    fn state(&self, id: i64) -> String {
        let shown = self.json(&format!("show {id}"));
        shown["job"]["state"].as_str().unwrap().to_owned()
    }
}

/// Waits until it holds, for at most twenty seconds.
#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn signal(child: &Child, signal: rustix::process::Signal) {
    let id = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(id, signal).unwrap();
}

#[test]
fn a_job_is_done_by_the_program_of_its_kind() {
    for place in Place::each() {
        place.settings(
            "",
            &[(
                "greet",
                "cat > got.json; echo attempt $PACKWRIGHT_JOB_ATTEMPT of $PACKWRIGHT_JOB_KIND >&2",
            )],
        );
        let run = place
            .sandbox
            .run(["jobs", "enqueue", "greet", "--payload", "{\"to\": \"ann\"}"])
            .expect(0);
        assert_eq!(run.stdout, "1\n");
        let worked = place.jobs("work --drain").expect(0);
        assert!(worked.stdout.contains("done        1  greet"), "{worked:?}");
        assert!(worked.stderr.contains("worked 1 done"), "{worked:?}");
        assert_eq!(place.sandbox.read("got.json"), "{\"to\": \"ann\"}");
        let shown = place.json("show 1");
        assert_eq!(shown["job"]["state"], "done");
        assert_eq!(shown["payload"], "{\"to\": \"ann\"}");
        assert_eq!(shown["runs"][0]["outcome"], "done");
        assert_eq!(shown["runs"][0]["exit_code"], 0);
        assert_eq!(shown["runs"][0]["output"], "attempt 1 of greet\n");
        let human = place.jobs("show 1").expect(0).stdout;
        assert!(human.contains("attempt 1 of greet"), "{human}");
        assert_eq!(place.json("list")["counts"]["done"], 1);
    }
}

#[test]
fn the_exit_code_decides() {
    for place in Place::each() {
        place.settings(
            "timeouts = { slow = 1 }",
            &[
                ("later", "exit 75"),
                ("broken", "exit 3"),
                ("never", "exit 65"),
                ("slow", "sleep 30"),
            ],
        );
        let later = place.enqueue("later --backoff 1h");
        let broken = place.enqueue("broken --max-attempts 1");
        let never = place.enqueue("never");
        let slow = place.enqueue("slow --backoff 1h");
        let worked = place.jobs("work --drain --format json").expect(1).json();
        assert_eq!(
            (&worked["failed"], &worked["dead"]),
            (&2.into(), &2.into()),
            "{worked}"
        );
        let shown = place.json(&format!("show {later}"));
        assert_eq!(shown["job"]["state"], "delayed");
        assert_eq!(shown["job"]["last_error"], "exit code 75");
        let wait = shown["job"]["run_at"].as_i64().unwrap() - shown["job"]["started_at"].as_i64().unwrap();
        assert!((1_790_000..=3_700_000).contains(&wait), "{wait}");
        assert_eq!(place.state(broken), "dead");
        assert_eq!(place.state(never), "dead");
        let shown = place.json(&format!("show {slow}"));
        assert_eq!(shown["job"]["last_error"], "took longer than 1 s");
        let dead = place.jobs("dead").expect(0).stdout;
        assert!(
            dead.contains("last error: exit code 65: not to be tried again"),
            "{dead}"
        );
        // Redriven, and told which are not to be.
        let retried = place.jobs(&format!("retry {broken} {later} 999")).expect(1);
        assert!(
            retried.stderr.contains("2 jobs") && retried.stderr.contains("job 999 stays"),
            "{retried:?}"
        );
        place.settings("", &[("later", "exit 0"), ("broken", "exit 0")]);
        place.jobs("work --drain").expect(0);
        assert_eq!(
            (place.state(later), place.state(broken)),
            ("done".into(), "done".into())
        );
        assert_eq!(place.json("retry --dead")["ready"], serde_json::json!([never]));
        assert_eq!(place.state(never), "ready");
    }
}

#[test]
fn secrets_are_not_kept_with_the_output() {
    let mut place = Place::sqlite();
    place.sandbox.set("MAIL_TOKEN", "tok-4711-0815");
    place.settings(
        "",
        &[(
            "leak",
            "echo $MAIL_TOKEN; echo postgres://app:hunter2@db/x; exit 65",
        )],
    );
    place.enqueue("leak");
    place.jobs("work --drain").expect(1);
    let shown = place.jobs("show 1").expect(0).stdout;
    assert!(
        shown.contains("***") && shown.contains("postgres://app:***@db/x"),
        "{shown}"
    );
    let stored =
        String::from_utf8_lossy(&std::fs::read(place.sandbox.path("store.db")).unwrap()).into_owned();
    assert!(!stored.contains("tok-4711") && !stored.contains("hunter2"));
}

#[test]
fn a_key_is_had_by_one_unfinished_job() {
    for place in Place::each() {
        place.settings("", &[("a", "exit 65")]);
        let first = place.enqueue("a --key one");
        let second = place.jobs("enqueue a --key one").expect(0);
        assert_eq!(second.stdout.trim(), first.to_string());
        assert!(second.stderr.contains("nothing enqueued"), "{second:?}");
        place.jobs("work --drain").expect(1);
        let third = place.enqueue("a --key one");
        assert!(third > first);
        // The dead one stays dead while another has its key.
        place.jobs(&format!("retry {first}")).expect(1);
        assert_eq!(place.json("retry --dead")["ready"], serde_json::json!([]));
    }
}

#[test]
fn priority_comes_first_and_delay_waits() {
    for place in Place::each() {
        place.settings("", &[("a", "cat >> order; echo >> order")]);
        place.enqueue("a --payload 1");
        place.enqueue("a --payload 2 --priority 5");
        place.enqueue("a --payload 3 --delay 1h");
        place.enqueue("a --payload 4 --priority -5");
        place.enqueue("a --payload 5");
        place.jobs("work --drain --workers 1").expect(0);
        assert_eq!(place.sandbox.read("order"), "2\n1\n5\n4\n");
        let listed = place.jobs("list").expect(0).stdout;
        assert!(listed.contains("delayed        3  a  in 59 min"), "{listed}");
    }
}

#[test]
fn a_worker_told_to_stop_ends_what_runs_and_hands_back_the_rest() {
    for place in Place::each() {
        place.settings("", &[("a", "touch begun; sleep 1; echo >> ended")]);
        for _ in 0..3 {
            place.enqueue("a");
        }
        let worker = place.start("work --workers 1 --batch 3 --format json");
        until("it begins", || place.sandbox.path("begun").exists());
        signal(&worker, rustix::process::Signal::TERM);
        let ended = place
            .sandbox
            .shown(&worker.wait_with_output().unwrap())
            .expect(130);
        let answer = ended.json();
        assert_eq!(
            (&answer["done"], &answer["released"]),
            (&1.into(), &2.into()),
            "{ended:?}"
        );
        assert_eq!(place.sandbox.read("ended"), "\n");
        let counts = place.json("list");
        assert_eq!(counts["counts"]["ready"], 2);
        // What was handed back counts as no attempt.
        assert_eq!(counts["jobs"][0]["attempt"], 0);
    }
}

#[test]
fn what_does_not_end_in_the_window_is_ended_and_handed_back() {
    for place in Place::each() {
        // The shell's own child must end as well.
        place.settings("", &[("a", "touch begun; sleep 2; touch ended; true")]);
        let job = place.enqueue("a");
        let worker = place.start("work --grace 100ms");
        until("it begins", || place.sandbox.path("begun").exists());
        signal(&worker, rustix::process::Signal::INT);
        let ended = place
            .sandbox
            .shown(&worker.wait_with_output().unwrap())
            .expect(130);
        assert!(ended.stderr.contains("1 handed back"), "{ended:?}");
        assert_eq!(place.state(job), "ready");
        std::thread::sleep(Duration::from_secs(3));
        assert!(!place.sandbox.path("ended").exists());
    }
}

#[test]
fn an_idle_worker_on_postgres_is_told_of_new_jobs() {
    let Some(place) = Place::postgres() else { return };
    place.settings("", &[("a", "touch done")]);
    let text = place
        .sandbox
        .read("packwright.toml")
        .replace("milliseconds = 50", "milliseconds = 600000");
    place.sandbox.write("packwright.toml", text);
    let worker = place.start("work");
    // It has its tables, its listener and its first look behind it.
    std::thread::sleep(Duration::from_secs(2));
    place.enqueue("a");
    until("it is told", || place.sandbox.path("done").exists());
    signal(&worker, rustix::process::Signal::TERM);
    worker.wait_with_output().unwrap();
}

#[test]
fn workers_outlive_their_connections() {
    let Some(place) = Place::postgres() else { return };
    place.settings("", &[("a", "sleep 0.05")]);
    for _ in 0..10 {
        place.enqueue("a");
    }
    let worker = place.start("work --workers 2");
    let done = || place.json("list")["counts"]["done"].as_u64().unwrap();
    until("it begins", || done() > 0);
    block_on(async {
        let mut connection = connect(&place.server.as_ref().unwrap().url).await;
        let ended: i64 = sqlx::query_scalar(
            "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        assert!(ended >= 3, "{ended}");
    });
    place.enqueue("a");
    until("all are done", || done() == 11);
    signal(&worker, rustix::process::Signal::TERM);
    let ended = place
        .sandbox
        .shown(&worker.wait_with_output().unwrap())
        .expect(130);
    assert!(ended.stderr.contains("trying again"), "{ended:?}");
}

#[test]
fn a_schedule_that_cannot_be_read_here_stops_nobody() {
    let place = Place::sqlite();
    place.settings("", &[("a", "exit 0")]);
    place
        .sandbox
        .run(["jobs", "schedule", "add", "far", "@daily", "a"])
        .expect(0);
    block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(place.sandbox.path("store.db"));
        let mut connection = options.connect().await.unwrap();
        sqlx::raw_sql("UPDATE packwright_job_schedules SET time_zone = 'Mars/Olympus', next_at = 0")
            .execute(&mut connection)
            .await
            .unwrap();
    });
    place.enqueue("a");
    let worked = place.jobs("work --drain").expect(0);
    assert!(worked.stderr.contains("1 done"), "{worked:?}");
    assert!(
        worked.stderr.contains("the schedule `far` cannot be run here")
            && worked.stderr.contains("Mars/Olympus"),
        "{worked:?}"
    );
}

#[test]
fn schedules_are_listed_run_by_hand_and_removed() {
    for place in Place::each() {
        place.settings("", &[("a", "exit 0")]);
        let add = |name: &str, cron: &str| {
            place.sandbox.run([
                "jobs",
                "schedule",
                "add",
                name,
                cron,
                "a",
                "--time-zone",
                "Europe/Berlin",
            ])
        };
        let added = add("nightly", "30 3 * * MON-FRI").expect(0);
        assert!(added.stderr.contains("added nightly, next at 20"), "{added:?}");
        let again = add("nightly", "@daily").expect(2);
        assert!(
            again.stderr.contains("there is a schedule `nightly` already"),
            "{again:?}"
        );
        let wrong = add("other", "61 * * * *").expect(2);
        assert!(
            wrong.stderr.contains("`61 * * * *` is no cron pattern"),
            "{wrong:?}"
        );
        let never = add("other", "0 0 30 2 *").expect(2);
        assert!(never.stderr.contains("names no time to come"), "{never:?}");
        let ran = place.jobs("schedule run nightly").expect(0);
        assert!(ran.stderr.contains("enqueued nightly as job 1"), "{ran:?}");
        place.jobs("work --drain").expect(0);
        let listed = place.json("schedule list");
        assert_eq!(listed["schedules"][0]["ticks"][0]["manual"], true);
        assert_eq!(listed["schedules"][0]["ticks"][0]["state"], "done");
        let listed = place.jobs("schedule list").expect(0).stdout;
        assert!(
            listed.contains("nightly  30 3 * * MON-FRI Europe/Berlin  a  next at"),
            "{listed}"
        );
        let unknown = place.jobs("schedule remove nigthly").expect(2);
        assert!(unknown.stderr.contains("did you mean `nightly`?"), "{unknown:?}");
        place.jobs("schedule remove nightly").expect(0);
        assert_eq!(place.json("schedule list")["schedules"], serde_json::json!([]));
    }
}

#[test]
fn bad_input_is_told_with_a_remedy() {
    let place = Place::sqlite();
    for (line, told) in [
        ("enqueue two%words", "cannot be the name of a kind"),
        ("enqueue a --payload {", "the payload is not JSON"),
        ("enqueue a --delay soon", "write it as in `90s`"),
        ("work --drain", "there are no handlers"),
        ("show 7", "there is no job 7"),
        ("retry", "--dead"),
        ("schedule run x", "there is no schedule `x`"),
        ("list --watch --format json", "`--watch` prints for people"),
    ] {
        let run = place.jobs(line).expect(2);
        assert!(run.stderr.contains(told), "{line}: {run:?}");
    }
    // Looking makes no database.
    place.jobs("list").expect(0);
    assert!(!place.sandbox.path("store.db").exists());
    place
        .sandbox
        .write("packwright.toml", "[jobs.handlers]\nmail = []\n");
    let run = place.jobs("work --drain").expect(2);
    assert!(run.stderr.contains("`jobs.handlers.mail`"), "{run:?}");
    place.sandbox.write("packwright.toml", "[jobs]\nlease = 1\n");
    let run = place.jobs("work --drain").expect(2);
    assert!(run.stderr.contains("lease_seconds"), "{run:?}");
}

#[test]
fn a_program_that_is_missing_is_a_failure_of_the_job() {
    let place = Place::sqlite();
    place
        .sandbox
        .write("packwright.toml", "[jobs.handlers]\na = [\"no-such-program\"]\n");
    place.enqueue("a");
    place.jobs("work --once").expect(0);
    let shown = place.json("show 1");
    assert!(
        shown["job"]["last_error"]
            .as_str()
            .unwrap()
            .contains("cannot run `no-such-program`"),
        "{shown}"
    );
}

#[test]
fn the_bench_leaves_nothing_behind() {
    for place in Place::each() {
        let own = place.enqueue("mine");
        let measured = place.json("bench --jobs 500 --workers 2 --batch 20 --synchronous-commit off");
        assert_eq!(measured["jobs"], 500);
        let listed = place.json("list --state done --state ready");
        assert_eq!(listed["jobs"].as_array().unwrap().len(), 1, "{listed}");
        assert_eq!(listed["jobs"][0]["id"], own);
    }
}

/// Runs async work of a test with a queue of each engine.
fn on_each(work: &impl AsyncFn(&Place)) {
    for place in Place::each() {
        block_on(work(&place));
    }
}
