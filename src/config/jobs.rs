//! `[jobs]`: what does the work of the queue, and how patiently.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The job queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Jobs {
    /// What does the work of a kind of job: a program and its first arguments, run in the folder of this file with the payload on
    /// standard input. Exit code 0: done; 65: dead at once; any other: to be tried again. For example
    /// `send-mail = ["python3", "jobs/send_mail.py"]`.
    pub handlers: BTreeMap<String, Vec<String>>,
    /// Seconds that a job may take.
    pub timeout_seconds: u64,
    /// The same for some kinds.
    pub timeouts: BTreeMap<String, u64>,
    /// Seconds after which a job goes to another worker when its own has stopped answering.
    pub lease_seconds: u64,
    /// Seconds that running jobs have to end when a worker is told to stop.
    pub grace_seconds: u64,
    /// Milliseconds between two looks of an idle worker.
    pub poll_milliseconds: u64,
    /// Days that done jobs and their runs are kept.
    pub keep_days: u64,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            handlers: BTreeMap::new(),
            timeout_seconds: 600,
            timeouts: BTreeMap::new(),
            lease_seconds: 30,
            grace_seconds: 30,
            poll_milliseconds: 500,
            keep_days: 7,
        }
    }
}
