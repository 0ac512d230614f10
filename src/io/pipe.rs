//! Another program whose output is read as it comes. It ends with us: whoever reads its output being gone, it cannot write on.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{ChildStdout, Command};
use tokio::task::JoinHandle;

use crate::failure::{Failure, Result};
use crate::text::slashed;

use super::child::{Group, Tail, keep};

/// Bytes read at a time.
const BUFFER: usize = 256 * 1024;

/// A program to run.
#[derive(Debug)]
pub struct Program<'a> {
    pub program: &'a Path,
    pub arguments: Vec<OsString>,
    /// Set beside the environment of this process.
    pub variables: Vec<(&'static str, String)>,
    /// Not handed on from it.
    pub without: &'static [&'static str],
}

/// What the program prints. Dropping it ends the program.
pub struct Pipe {
    name: String,
    running: tokio::process::Child,
    group: Group,
    output: BufReader<ChildStdout>,
    complaints: Arc<Mutex<Tail>>,
    listening: JoinHandle<()>,
}

impl std::fmt::Debug for Pipe {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Pipe").field(&self.name).finish()
    }
}

impl Pipe {
    /// Starts the program, in a process group of its own, so that Ctrl-C at the terminal reaches us alone.
    pub fn open(what: Program<'_>) -> Result<Self> {
        let name = what.program.file_name().map_or_else(
            || slashed(what.program),
            |name| OsStr::to_string_lossy(name).into_owned(),
        );
        let mut command = Command::new(what.program);
        command
            .args(what.arguments)
            .envs(what.variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for variable in what.without {
            command.env_remove(variable);
        }
        #[cfg(unix)]
        command.process_group(0);
        let mut running = command.spawn().map_err(|error| {
            let failure = Failure::user(format!("cannot run `{}`", slashed(what.program))).because(&error);
            match error.kind() {
                ErrorKind::NotFound => failure.hint("install it, or put it on the PATH"),
                _ => failure,
            }
        })?;
        let group = Group::of(&running);
        let output = running
            .stdout
            .take()
            .ok_or_else(|| Failure::internal("a program without an output"))?;
        let complaints = Arc::new(Mutex::new(Tail::default()));
        let (stderr, heard) = (running.stderr.take(), Arc::clone(&complaints));
        Ok(Self {
            name,
            group,
            output: BufReader::with_capacity(BUFFER, output),
            complaints,
            listening: tokio::spawn(async move { keep(stderr, &heard).await }),
            running,
        })
    }

    /// What has come, a quarter of a megabyte at most; nothing at the end. To be followed by [`Pipe::consume`].
    pub async fn fill(&mut self) -> Result<&[u8]> {
        let name = &self.name;
        let filled = self.output.fill_buf().await;
        filled.map_err(|error| Failure::user(format!("cannot read what `{name}` prints")).because(&error))
    }

    pub fn consume(&mut self, bytes: usize) {
        self.output.consume(bytes);
    }

    /// Adds the next line with its end to `to`; false at the end.
    pub async fn line(&mut self, to: &mut Vec<u8>) -> Result<bool> {
        let name = &self.name;
        let read = self.output.read_until(b'\n', to).await;
        read.map(|count| count > 0)
            .map_err(|error| Failure::user(format!("cannot read what `{name}` prints")).because(&error))
    }

    /// Everything that is still to come.
    pub async fn rest(&mut self) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        while self.line(&mut all).await? {}
        Ok(all)
    }

    /// Waits for the end of the program. A failure repeats what it complained of.
    pub async fn close(mut self) -> Result<()> {
        let status = self.running.wait().await;
        self.group.forget();
        // What it started may hold its pipe open; its own last words are there by now.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(1), &mut self.listening).await;
        let name = &self.name;
        let status =
            status.map_err(|error| Failure::user(format!("cannot await `{name}`")).because(&error))?;
        if status.success() {
            return Ok(());
        }
        let complaints = self.complaints.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = match status.code() {
            Some(code) => format!("ended with exit code {code}"),
            None => "was ended by a signal".to_owned(),
        };
        let failure = Failure::user(format!("`{name}` {ended}"));
        Err(complaints
            .text()
            .lines()
            .filter(|line| !line.trim().is_empty())
            .take(20)
            .fold(failure, |failure, line| failure.caused_by(line.trim().to_owned())))
    }
}
