//! The terminal: data on stdout; status, progress and hints on stderr. The only file that knows `indicatif`.
#![expect(
    clippy::disallowed_methods,
    reason = "the one place where the terminal is read and written"
)]

use std::fmt::Display;
use std::io::{BufWriter, ErrorKind, IsTerminal, Write};
use std::sync::Mutex;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use serde::Serialize;

use crate::failure::{Failure, Result};
use crate::text::printable;

use super::environment::Environment;

/// What an answer is printed as. Findings have more formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// For programs: one JSON document with a `schema_version`.
    Json,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// When the output is a terminal, `NO_COLOR` is not set, or `FORCE_COLOR` is.
    #[default]
    Auto,
    Always,
    Never,
}

pub const GOOD: Style = AnsiColor::Green.on_default().bold();
pub const BAD: Style = AnsiColor::Red.on_default().bold();
pub const WARN: Style = AnsiColor::Yellow.on_default().bold();
pub const NOTE: Style = AnsiColor::Cyan.on_default().bold();
pub const DIM: Style = Style::new().dimmed();
pub const BOLD: Style = Style::new().bold();

/// Text in a style, for `{}`.
pub fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// The terminal of one process.
#[derive(Debug)]
pub struct Ui {
    stdout: Mutex<BufWriter<AutoStream<std::io::Stdout>>>,
    stderr: Mutex<AutoStream<std::io::Stderr>>,
    bars: indicatif::MultiProgress,
    quiet: bool,
    color: bool,
}

impl Ui {
    /// `--color` comes before `NO_COLOR` (set and not empty), that before `FORCE_COLOR`, that before being a terminal.
    pub fn new(color: Color, quiet: bool, environment: &Environment) -> Self {
        let choice = |terminal: bool| {
            let is_wanted = match color {
                Color::Always => true,
                Color::Never => false,
                Color::Auto if environment.get("NO_COLOR").is_some() => false,
                Color::Auto if environment.get("FORCE_COLOR").is_some() => true,
                Color::Auto => terminal && environment.get("TERM") != Some("dumb"),
            };
            if is_wanted {
                ColorChoice::Always
            } else {
                ColorChoice::Never
            }
        };
        let out = std::io::stdout();
        let err = std::io::stderr();
        let out_choice = choice(out.is_terminal());
        let err_choice = choice(err.is_terminal());
        let bars = if err.is_terminal() && !quiet {
            indicatif::MultiProgress::new()
        } else {
            indicatif::MultiProgress::with_draw_target(indicatif::ProgressDrawTarget::hidden())
        };
        Self {
            stdout: Mutex::new(BufWriter::new(AutoStream::new(out, out_choice))),
            stderr: Mutex::new(AutoStream::new(err, err_choice)),
            bars,
            quiet,
            color: out_choice == ColorChoice::Always,
        }
    }

    /// Whether stdout is coloured.
    pub fn is_colored(&self) -> bool {
        self.color
    }

    /// Writes a line of data to stdout. Styles in it are kept or stripped as the terminal wants.
    pub fn print(&self, text: impl Display) -> Result<()> {
        let mut stdout = self
            .stdout
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        self.bars
            .suspend(|| writeln!(stdout, "{text}"))
            .map_err(|error| write_failure(&error))
    }

    /// Writes a value to stdout as JSON.
    pub fn print_json(&self, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Failure::internal("cannot write the answer as JSON").because(&error))?;
        self.print(text)
    }

    /// Begins at the top of an empty screen, where stdout is a terminal.
    pub fn clear_screen(&self) -> Result<()> {
        if std::io::stdout().is_terminal() {
            self.print("\x1b[2J\x1b[H")?;
        }
        Ok(())
    }

    /// Sends what was printed on its way.
    pub fn flush(&self) -> Result<()> {
        let mut stdout = self
            .stdout
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        stdout.flush().map_err(|error| write_failure(&error))
    }

    /// Says on stderr what was done: a verb and its object, as in `  created skills/pdf/SKILL.md`.
    pub fn status(&self, verb: &str, text: impl Display) {
        if !self.quiet {
            self.say(format!("{} {text}", styled(GOOD, format_args!("{verb:>10}"))));
        }
    }

    /// A remark on stderr.
    pub fn note(&self, text: impl Display) {
        if !self.quiet {
            self.say(format!("{}: {text}", styled(NOTE, "note")));
        }
    }

    /// Something that is not an error but wants a look, on stderr.
    pub fn warn(&self, text: impl Display) {
        self.say(format!("{}: {text}", styled(WARN, "warning")));
    }

    /// A failure on stderr: the error, what caused it, what to do.
    pub fn fail(&self, failure: &Failure) {
        self.say(format!(
            "{}: {}",
            styled(BAD, "error"),
            printable(&failure.message)
        ));
        for cause in &failure.causes {
            self.say(format!("{}: {}", styled(BOLD, "caused by"), printable(cause)));
        }
        for hint in &failure.hints {
            self.say(format!("{}: {}", styled(NOTE, "hint"), printable(hint)));
        }
    }

    /// Stderr is where trouble is told; when it is gone there is nowhere left to tell.
    fn say(&self, line: impl Display) {
        let mut stderr = self
            .stderr
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        self.bars.suspend(|| {
            let _ = writeln!(stderr, "{line}");
        });
    }

    /// A progress bar on stderr, shown only on a terminal. `total` of `None` is a spinner.
    pub fn progress(&self, label: &str, total: Option<u64>) -> Progress {
        let bar = match total {
            Some(total) => indicatif::ProgressBar::new(total),
            None => indicatif::ProgressBar::new_spinner(),
        };
        let template = match total {
            Some(_) => "{prefix:>10} [{bar:28}] {human_pos}/{human_len} {wide_msg} {eta}",
            None => "{prefix:>10} {spinner} {wide_msg} {elapsed}",
        };
        if let Ok(style) = indicatif::ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(label.to_owned());
        let bar = self.bars.add(bar);
        bar.enable_steady_tick(Duration::from_millis(120));
        Progress { bar }
    }

    /// Asks for a line on the terminal, or `None` when stdin is not one.
    pub fn ask(&self, question: &str) -> Result<Option<String>> {
        let stdin = std::io::stdin();
        if !stdin.is_terminal() || self.quiet {
            return Ok(None);
        }
        {
            let mut stderr = self
                .stderr
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let _ = write!(stderr, "{} ", styled(BOLD, question));
            let _ = stderr.flush();
        }
        let mut answer = String::new();
        match stdin.read_line(&mut answer) {
            Ok(0) => Err(Failure::interrupted("no answer was given")),
            Ok(_) => Ok(Some(answer.trim().to_owned())),
            Err(error) => Err(Failure::user("cannot read the answer").because(&error)),
        }
    }
}

/// A running progress bar; it goes away when dropped.
#[derive(Debug)]
pub struct Progress {
    bar: indicatif::ProgressBar,
}

impl Progress {
    pub fn set(&self, done: u64) {
        self.bar.set_position(done);
    }

    pub fn total(&self, total: u64) {
        self.bar.set_length(total);
    }

    pub fn message(&self, text: &str) {
        self.bar.set_message(printable(text).into_owned());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn write_failure(error: &std::io::Error) -> Failure {
    if error.kind() == ErrorKind::BrokenPipe {
        Failure::closed_pipe()
    } else {
        Failure::user("cannot write the output").because(error)
    }
}
