//! What is wrong: a finding, the place it is about, and the edit that would mend it.

use std::sync::Arc;

use crate::text::{Edit, Location, Source, Span};

/// How much a finding matters. Errors fail a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A span of one file, with the lines and columns people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: Arc<str>,
    pub span: Span,
    pub start: Location,
    pub end: Location,
}

impl Place {
    /// The place of `span` in `source`.
    pub fn in_source(source: &Source, span: Span) -> Self {
        Self {
            path: Arc::clone(source.path()),
            span,
            start: source.locate(span.start),
            end: source.locate(span.end),
        }
    }

    /// A whole file or folder that has no text to point into.
    pub fn of_file(path: impl Into<Arc<str>>) -> Self {
        let first = Location { line: 1, column: 1 };
        Self {
            path: path.into(),
            span: Span::default(),
            start: first,
            end: first,
        }
    }
}

/// Whether a fix may be applied without a look: a safe one cannot change what the text means to its readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    Safe,
    Unsafe,
}

/// Edits of the file a finding stands in that silence it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What applying it does, as an imperative: "rename the key to `name`".
    pub title: String,
    pub edits: Vec<Edit>,
    pub safety: Safety,
}

impl Fix {
    pub fn safe(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            title: title.into(),
            edits,
            safety: Safety::Safe,
        }
    }

    pub fn risky(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            safety: Safety::Unsafe,
            ..Self::safe(title, edits)
        }
    }
}

/// A second place that explains the first, in the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub message: String,
}

/// One thing wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Name of the rule that found it, for example `description-too-long`.
    pub rule: &'static str,
    pub severity: Severity,
    /// One sentence, lower case, no final stop, naming the value.
    pub message: String,
    pub place: Place,
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    pub fix: Option<Fix>,
    /// Whether the place holds a secret, so that no report may show its text.
    pub sensitive: bool,
}

impl Diagnostic {
    /// The order of reports: by file, place, rule, then words.
    pub fn sort_key(&self) -> (&str, Span, &str, &str) {
        (&self.place.path, self.place.span, self.rule, &self.message)
    }
}
