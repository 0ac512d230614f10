//! A text that a command makes: printed, written to a file, or held against one.

use std::path::{Path, PathBuf};

use serde::Serialize;
use similar::TextDiff;

use crate::changes::{Change, ChangeSet};
use crate::failure::Result;
use crate::io::files;
use crate::text::{printable, slashed};

use super::super::changes::styled_diff;
use super::super::{Context, Outcome};

/// Where it goes.
#[derive(Debug, clap::Args)]
pub struct Target {
    /// Write it to this file instead of stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write nothing: show how the file differs from what would be written, with exit code 1 where it does.
    #[arg(long, requires = "out")]
    check: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is in this answer.
    Printed,
    Written,
    /// The file held it already.
    Unchanged,
    /// With `--check`: the file is what would be written.
    Fresh,
    /// With `--check`: it is not, or is missing.
    Stale,
}

/// What was made and what became of it, for an answer in JSON.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Made {
    pub state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<String>,
    /// The text, where it was not written to a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// With `--check`, from the file to what would be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

impl Made {
    pub fn outcome(&self) -> Outcome {
        match self.state {
            State::Stale => Outcome::Problems,
            _ => Outcome::Clean,
        }
    }
}

impl Target {
    /// Writes the file, or compares with it. Line ends count for nothing: git may turn them.
    pub(super) fn settle(&self, text: String) -> Result<Made> {
        let Some(out) = &self.out else {
            return Ok(Made {
                state: State::Printed,
                out: None,
                text: Some(text),
                diff: None,
            });
        };
        let before = files::read_if_present(out)?;
        let shown = slashed(out);
        let found = before
            .as_deref()
            .map(|bytes| String::from_utf8_lossy(bytes).replace("\r\n", "\n"));
        let is_same = found.as_deref() == Some(text.as_str());
        let made = |state, diff| Made {
            state,
            out: Some(shown.clone()),
            text: None,
            diff,
        };
        if self.check {
            return Ok(if is_same {
                made(State::Fresh, None)
            } else {
                made(
                    State::Stale,
                    Some(diff(found.as_deref().unwrap_or_default(), &text, &shown)),
                )
            });
        }
        if is_same {
            return Ok(made(State::Unchanged, None));
        }
        write(out, before, text)?;
        Ok(made(State::Written, None))
    }

    /// Tells what became of it.
    pub(super) fn show(made: &Made, context: &Context, what: &str) -> Result<()> {
        let out = printable(made.out.as_deref().unwrap_or_default()).into_owned();
        match made.state {
            State::Printed => context
                .ui
                .print(made.text.as_deref().unwrap_or_default().trim_end()),
            State::Written => {
                context.ui.status("written", format_args!("{out} ({what})"));
                Ok(())
            }
            State::Unchanged => {
                context.ui.status("unchanged", format_args!("{out} ({what})"));
                Ok(())
            }
            State::Fresh => context
                .ui
                .print(format_args!("{out} is what the schema makes ({what})")),
            State::Stale => {
                context
                    .ui
                    .print(styled_diff(made.diff.as_deref().unwrap_or_default()))?;
                context.ui.print(format_args!(
                    "{out} is not what the schema makes: run the command without `--check`"
                ))
            }
        }
    }
}

fn write(out: &Path, before: Option<Vec<u8>>, text: String) -> Result<()> {
    let mut set = ChangeSet::new("");
    match before {
        None => set.create(out, text),
        Some(before) => set.changes.push(Change::Edit {
            path: out.to_owned(),
            before,
            after: text.into_bytes(),
        }),
    }
    files::apply(&set)
}

fn diff(found: &str, wanted: &str, path: &str) -> String {
    TextDiff::from_lines(found, wanted)
        .unified_diff()
        .header(path, "the live schema")
        .to_string()
}
