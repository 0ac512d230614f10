//! What does the work of a kind of job.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use super::job::Claimed;

/// What a handler makes of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Done,
    /// Worth another try, as far as the job has attempts left.
    Retry,
    /// No try will help.
    Dead,
}

/// How the work on a job went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub verdict: Verdict,
    /// Of a program.
    pub exit_code: Option<i32>,
    /// Why it is not done, in one line.
    pub error: Option<String>,
    /// The end of what was printed.
    pub output: Option<String>,
}

impl Report {
    pub fn done() -> Self {
        Self {
            verdict: Verdict::Done,
            exit_code: None,
            error: None,
            output: None,
        }
    }

    pub fn retry(error: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Retry,
            error: Some(error.into()),
            ..Self::done()
        }
    }
}

/// Work under way; dropping it ends the work.
pub type Working<'a> = Pin<Box<dyn Future<Output = Report> + Send + 'a>>;

/// Does the work of jobs. It may be asked to do the same job again: after a crash, a lost lease, a completion that did not get
/// through. A panic counts as a failure.
pub trait Handler: Send + Sync + 'static {
    fn run<'a>(&'a self, job: &'a Claimed) -> Working<'a>;
}

/// Who does what: the kinds that a worker claims.
#[derive(Clone, Default)]
pub struct Handlers(BTreeMap<String, Arc<dyn Handler>>);

impl std::fmt::Debug for Handlers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Handlers {
    pub fn register(&mut self, kind: impl Into<String>, handler: impl Handler) {
        self.0.insert(kind.into(), Arc::new(handler));
    }

    pub fn of_kind(&self, kind: &str) -> Option<&Arc<dyn Handler>> {
        self.0.get(kind)
    }

    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Does nothing: what `jobs bench` measures the queue with.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl Handler for Nothing {
    fn run<'a>(&'a self, _: &'a Claimed) -> Working<'a> {
        Box::pin(std::future::ready(Report::done()))
    }
}
