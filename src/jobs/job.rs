//! What is enqueued, claimed, completed and shown.

use std::time::Duration;

use serde::Serialize;

use crate::failure::{Failure, Result};

use super::backoff::RetryPolicy;

/// The longest payload. What is larger belongs into a file or table that the payload names.
pub const LONGEST_PAYLOAD: usize = 1 << 20;
const LONGEST_NAME: usize = 100;
const LONGEST_KEY: usize = 500;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Waits for its time: enqueued with a delay, or to be tried again.
    Delayed,
    Ready,
    Running,
    Done,
    /// Given up; `retry` begins it anew.
    Dead,
}

impl State {
    pub const ALL: [Self; 5] = [Self::Running, Self::Ready, Self::Delayed, Self::Dead, Self::Done];

    pub fn name(self) -> &'static str {
        match self {
            Self::Delayed => "delayed",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    pub(super) fn named(name: &str) -> Self {
        let found = Self::ALL.into_iter().find(|state| state.name() == name);
        // The tables allow no other name.
        found.unwrap_or(Self::Dead)
    }
}

/// A job to enqueue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    kind: String,
    payload: String,
    key: Option<String>,
    /// Higher comes first.
    pub priority: i32,
    /// How long to wait before it is ready.
    pub delay: Duration,
    pub retry: RetryPolicy,
}

impl NewJob {
    /// A job of a kind, with a payload in JSON.
    pub fn new(kind: &str, payload: &str) -> Result<Self> {
        Ok(Self {
            kind: name("kind", kind)?.to_owned(),
            payload: json(payload)?.to_owned(),
            key: None,
            priority: 0,
            delay: Duration::ZERO,
            retry: RetryPolicy::default(),
        })
    }

    /// At most one unfinished job has this key.
    pub fn with_key(mut self, key: &str) -> Result<Self> {
        if key.is_empty() || key.len() > LONGEST_KEY || key.chars().any(char::is_control) {
            return Err(
                Failure::user(format!("`{}` cannot be a key", key.escape_debug())).hint(format!(
                    "a key has 1 to {LONGEST_KEY} bytes and no control characters"
                )),
            );
        }
        self.key = Some(key.to_owned());
        Ok(self)
    }

    pub fn kind(&self) -> &str {
        &self.kind
    }

    pub fn payload(&self) -> &str {
        &self.payload
    }

    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }
}

/// Holds that a kind, or a schedule, is named as it may be.
pub(super) fn name<'a>(what: &str, name: &'a str) -> Result<&'a str> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':' | '/');
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(fits) {
        return Err(Failure::user(format!(
            "`{}` cannot be the name of a {what}",
            name.escape_debug()
        ))
        .hint(format!(
            "1 to {LONGEST_NAME} letters, digits and `-_.:/`, as in `send-mail`"
        )));
    }
    Ok(name)
}

fn json(payload: &str) -> Result<&str> {
    let payload = payload.trim();
    if payload.len() > LONGEST_PAYLOAD {
        return Err(Failure::user(format!(
            "the payload has {} bytes; at most {LONGEST_PAYLOAD} are kept",
            payload.len()
        ))
        .hint("write the data to a file or table and enqueue its name"));
    }
    // PostgreSQL reads JSON by recursion; so does this, and only so deep.
    serde_json::from_str::<serde_json::Value>(payload)
        .map_err(|error| Failure::user("the payload is not JSON").because(&error))?;
    Ok(payload)
}

/// What came of enqueueing one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enqueued {
    /// The job; of one that was there already, the one with the same key, unless that has ended in the meantime.
    pub id: Option<i64>,
    /// False when an unfinished job has the key.
    pub is_new: bool,
}

/// A job that one worker has for the time of its lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub id: i64,
    /// Greater than that of every earlier claim of this job.
    pub token: i64,
    pub kind: String,
    /// JSON.
    pub payload: String,
    pub priority: i64,
    /// From 1.
    pub attempt: u32,
    pub retry: RetryPolicy,
}

/// How a claim ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Done,
    /// To be tried again.
    Failed,
    Dead,
    /// Handed back; it counts as no attempt.
    Released,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Dead => "dead",
            Self::Released => "released",
        }
    }
}

/// The end of a claim, as it is sent to the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finish {
    pub id: i64,
    pub token: i64,
    pub outcome: Outcome,
    /// Milliseconds until the next attempt.
    pub delay: i64,
    pub exit_code: Option<i32>,
    pub error: Option<String>,
    pub output: Option<String>,
}

impl Finish {
    /// An end without more to say.
    pub fn plain(job: &Claimed, outcome: Outcome) -> Self {
        Self {
            id: job.id,
            token: job.token,
            outcome,
            delay: 0,
            exit_code: None,
            error: None,
            output: None,
        }
    }
}

/// A job as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub id: i64,
    pub kind: String,
    pub state: State,
    pub priority: i64,
    pub key: Option<String>,
    pub attempt: i64,
    pub max_attempts: i64,
    /// Milliseconds since 1970 by the clock of the database, as all times here.
    pub run_at: i64,
    pub enqueued_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub worker: Option<String>,
    pub last_error: Option<String>,
}

/// A claim that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub token: i64,
    pub attempt: i64,
    pub worker: String,
    pub started_at: i64,
    pub finished_at: i64,
    /// Name of an [`Outcome`], or `lost`.
    pub outcome: String,
    pub exit_code: Option<i64>,
    pub error: Option<String>,
    pub output: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_keys_and_payloads_are_held_to_what_both_engines_store() {
        assert!(NewJob::new("send-mail", "{\"to\": 1}").is_ok());
        for kind in ["", "two words", "nul\0", &"x".repeat(101)] {
            assert!(NewJob::new(kind, "{}").is_err(), "{kind}");
        }
        for payload in ["", "{", "{}x", "nul\0"] {
            assert!(NewJob::new("a", payload).is_err(), "{payload}");
        }
        assert!(NewJob::new("a", &format!("\"{}\"", "x".repeat(LONGEST_PAYLOAD))).is_err());
        assert!(NewJob::new("a", "1").unwrap().with_key("a\nb").is_err());
    }

    #[test]
    fn deep_payloads_are_refused_not_recursed_into() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(NewJob::new("a", &deep).is_err());
    }
}
