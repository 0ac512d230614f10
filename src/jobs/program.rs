//! Jobs done by a program of the user's: the payload on its standard input, the verdict in its exit code.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::io::child::{self, Child, Ended};

use super::handler::{Handler, Report, Verdict, Working};
use super::job::Claimed;
use super::mask::Mask;

/// Exit code that says that no try will help: `EX_DATAERR` of BSD's `sysexits.h`, as `EX_TEMPFAIL`, 75, says that one may.
pub const DEAD: i32 = 65;
/// Bytes kept of what a program printed.
const OUTPUT: usize = 8 * 1024;

/// A program with its first arguments.
#[derive(Debug, Clone)]
pub struct Program {
    pub program: String,
    pub arguments: Vec<String>,
    pub folder: PathBuf,
    pub limit: Duration,
    /// What must not be kept of its output.
    pub mask: Arc<Mask>,
}

impl Handler for Program {
    fn run<'a>(&'a self, job: &'a Claimed) -> Working<'a> {
        Box::pin(async {
            let ended = child::run(Child {
                program: &self.program,
                arguments: &self.arguments,
                folder: &self.folder,
                variables: vec![
                    ("PACKWRIGHT_JOB_ID", job.id.to_string()),
                    ("PACKWRIGHT_JOB_KIND", job.kind.clone()),
                    ("PACKWRIGHT_JOB_ATTEMPT", job.attempt.to_string()),
                    ("PACKWRIGHT_JOB_TOKEN", job.token.to_string()),
                ],
                input: job.payload.as_bytes(),
                limit: self.limit,
            });
            match ended.await {
                Ok(ended) => self.report(&ended),
                Err(failure) => Report::retry(self.mask.tail(&failure.to_string(), false, OUTPUT)),
            }
        })
    }
}

impl Program {
    fn report(&self, ended: &Ended) -> Report {
        let (verdict, error) = match ended.code {
            Some(0) => (Verdict::Done, None),
            Some(DEAD) => (
                Verdict::Dead,
                Some(format!("exit code {DEAD}: not to be tried again")),
            ),
            Some(code) => (Verdict::Retry, Some(format!("exit code {code}"))),
            None if ended.timed_out => (
                Verdict::Retry,
                Some(format!("took longer than {} s", self.limit.as_secs_f64())),
            ),
            None => (Verdict::Retry, Some("was ended by a signal".to_owned())),
        };
        let output = self.mask.tail(&ended.tail, ended.is_cut, OUTPUT);
        Report {
            verdict,
            exit_code: ended.code,
            error,
            output: (!output.is_empty()).then_some(output),
        }
    }
}
