//! Why the work could not be done: the one error that every fallible room returns.
//!
//! What the tool was asked to find is a `Diagnostic`; what stopped it from looking is a [`Failure`]. At the door it becomes
//! `error: …`, `caused by: …`, `hint: …` on stderr and an exit code.

use std::error::Error;
use std::fmt;

/// Who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command, its input or the world it ran in.
    User,
    /// `packwright.toml`, an environment variable or a flag.
    Config,
    /// packwright itself.
    Internal,
    /// Ctrl-C or a termination signal.
    Interrupted,
    /// Whoever read our output has stopped reading; nothing is wrong.
    ClosedPipe,
}

/// A failure with its causes, outermost first, and what the user can do.
#[derive(Debug)]
pub struct Failure {
    pub kind: Kind,
    /// One sentence, lower case, no final stop, values in backticks.
    pub message: String,
    pub causes: Vec<String>,
    pub hints: Vec<String>,
}

pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
        }
    }

    pub fn user(message: impl Into<String>) -> Self {
        Self::new(Kind::User, message)
    }

    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Kind::Config, message)
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, message)
    }

    pub fn interrupted(message: impl Into<String>) -> Self {
        Self::new(Kind::Interrupted, message)
    }

    pub fn closed_pipe() -> Self {
        Self::new(Kind::ClosedPipe, "the reader of the output has gone")
    }

    /// Adds an error and everything below it as causes, leaving out a link that only repeats the one above.
    #[must_use]
    pub fn because(mut self, error: &(dyn Error + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(cause) = next {
            let words = cause.to_string();
            let repeated = self.causes.last().is_some_and(|above| above.contains(&words));
            if !repeated {
                self.causes.push(words);
            }
            next = cause.source();
        }
        self
    }

    /// Adds one cause in words.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// A failure around this one: `message` becomes the headline, the old headline the first cause.
    #[must_use]
    pub fn during(mut self, message: impl Into<String>) -> Self {
        self.causes
            .insert(0, std::mem::replace(&mut self.message, message.into()));
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        for cause in &self.causes {
            write!(formatter, ": {cause}")?;
        }
        Ok(())
    }
}

impl Error for Failure {}
