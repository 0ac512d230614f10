//! A program that is given its input, may take only so long, and leaves the end of what it printed.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use crate::failure::{Failure, Result};

/// Bytes kept of what a program printed.
const KEPT: usize = 32 * 1024;
/// How long a program may take to end after it was asked to.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long to wait for the last of its output when what it started still holds its pipes.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// A program to run.
#[derive(Debug, Clone)]
pub struct Child<'a> {
    pub program: &'a str,
    pub arguments: &'a [String],
    pub folder: &'a Path,
    /// Set beside the environment of this process.
    pub variables: Vec<(&'a str, String)>,
    pub input: &'a [u8],
    pub limit: Duration,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// `None` when a signal ended it, or its time was over.
    pub code: Option<i32>,
    pub timed_out: bool,
    /// The end of what it printed to stdout and stderr.
    pub tail: String,
    /// Whether there was more before the tail.
    pub is_cut: bool,
}

/// Runs a program to its end. It is the first of a process group of its own, so that Ctrl-C at the terminal does not reach it, and
/// that what it started ends with it when its time is over or the future is dropped.
pub async fn run(child: Child<'_>) -> Result<Ended> {
    let mut command = Command::new(child.program);
    command
        .args(child.arguments)
        .current_dir(child.folder)
        .envs(child.variables)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let mut running = command.spawn().map_err(|error| {
        let failure = Failure::user(format!("cannot run `{}`", child.program)).because(&error);
        match error.kind() {
            ErrorKind::NotFound => failure.hint("install it, or put it on the PATH"),
            _ => failure,
        }
    })?;
    let mut group = Group::of(&running);
    let tail = Arc::new(Mutex::new(Tail::default()));
    let (stdin, stdout, stderr) = (running.stdin.take(), running.stdout.take(), running.stderr.take());
    let talk = async {
        tokio::join!(
            async {
                if let Some(mut stdin) = stdin {
                    // A program need not read what it is given.
                    let _ = stdin.write_all(child.input).await;
                }
            },
            keep(stdout, &tail),
            keep(stderr, &tail),
        );
    };
    tokio::pin!(talk);
    let mut has_talked = false;
    let end = async {
        loop {
            tokio::select! {
                ended = running.wait() => break ended,
                () = &mut talk, if !has_talked => has_talked = true,
            }
        }
    };
    let ended = tokio::time::timeout(child.limit, end).await;
    let timed_out = ended.is_err();
    let status = if let Ok(ended) = ended {
        ended
    } else {
        group.ask_to_end();
        let ended = tokio::time::timeout(FAREWELL, running.wait()).await;
        group.end();
        match ended {
            Ok(ended) => ended,
            Err(_) => running.wait().await,
        }
    };
    group.forget();
    if !has_talked {
        let _ = tokio::time::timeout(LAST_WORDS, talk).await;
    }
    let status =
        status.map_err(|error| Failure::user(format!("cannot await `{}`", child.program)).because(&error))?;
    let tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Ended {
        code: status.code().filter(|_| !timed_out),
        timed_out,
        tail: tail.text(),
        is_cut: tail.is_cut,
    })
}

/// The end of what was printed.
#[derive(Debug, Default)]
pub(super) struct Tail {
    bytes: VecDeque<u8>,
    is_cut: bool,
}

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        if let Some(over) = self.bytes.len().checked_sub(KEPT).filter(|over| *over > 0) {
            self.bytes.drain(..over);
            self.is_cut = true;
        }
    }

    pub(super) fn text(&self) -> String {
        let (first, second) = self.bytes.as_slices();
        String::from_utf8_lossy(&[first, second].concat()).into_owned()
    }
}

pub(super) async fn keep(pipe: Option<impl AsyncRead + Unpin>, tail: &Mutex<Tail>) {
    let Some(mut pipe) = pipe else { return };
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = pipe.read(&mut buffer).await {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.push(&buffer[..count]);
    }
}

/// The processes that a program and what it started are in; ended with the value.
pub(super) struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

#[cfg(unix)]
impl Group {
    pub(super) fn of(child: &tokio::process::Child) -> Self {
        let leader = child.id().and_then(|id| i32::try_from(id).ok());
        Self {
            leader: leader.and_then(rustix::process::Pid::from_raw),
        }
    }

    fn send(&self, signal: rustix::process::Signal) {
        if let Some(leader) = self.leader {
            // It may have ended by itself.
            let _ = rustix::process::kill_process_group(leader, signal);
        }
    }

    fn ask_to_end(&self) {
        self.send(rustix::process::Signal::TERM);
    }

    fn end(&self) {
        self.send(rustix::process::Signal::KILL);
    }

    /// Lets live what is left of the group.
    pub(super) fn forget(&mut self) {
        self.leader = None;
    }
}

/// Where there are no process groups, `kill_on_drop` ends the program alone.
#[cfg(not(unix))]
impl Group {
    pub(super) fn of(_: &tokio::process::Child) -> Self {
        Self {}
    }

    fn ask_to_end(&self) {}

    fn end(&self) {}

    pub(super) fn forget(&mut self) {}
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}
