//! Other programs: run one to its end and take what it printed.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};

/// A program that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a program in a folder, without a terminal to ask on. `without` names variables it must not see.
pub fn run<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: &[A],
    folder: &Path,
    without: &[&str],
) -> Result<Finished> {
    let program = program.as_ref();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    for name in without {
        command.env_remove(name);
    }
    let output = command.output().map_err(|error| {
        let failure = Failure::user(format!("cannot run `{}`", program.to_string_lossy())).because(&error);
        match error.kind() {
            ErrorKind::NotFound => failure.hint("install it, or put it on the PATH"),
            _ => failure,
        }
    })?;
    Ok(Finished {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}
