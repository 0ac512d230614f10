//! Findings for programs: a frozen shape with a version.

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::lint::Linted;

/// Answer of checking commands with `--format json`.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "the names of the fields are the shape of the answer"
)]
pub struct Findings {
    schema_version: u32,
    findings: Vec<Finding>,
    summary: Summary,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Finding {
    /// Name of the rule.
    rule: &'static str,
    /// `error` or `warning`.
    level: &'static str,
    /// Path of the file, with `/` between its parts.
    path: String,
    /// Counted from 1.
    line: usize,
    /// Counted from 1, in characters.
    column: usize,
    end_line: usize,
    end_column: usize,
    message: String,
    /// What to do about it.
    help: Option<String>,
    /// Edits that silence the finding.
    fix: Option<Fix>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Fix {
    title: String,
    /// Whether `--fix` applies it.
    safe: bool,
    edits: Vec<Edit>,
}

/// A replacement of bytes of the file.
#[derive(Debug, Serialize, JsonSchema)]
struct Edit {
    start: usize,
    end: usize,
    replacement: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    /// Skills or agents that were looked at.
    checked: usize,
    errors: usize,
    warnings: usize,
    /// Findings that `--fix` mends.
    fixable: usize,
}

impl Findings {
    pub fn new(linted: &Linted) -> Self {
        let findings: Vec<Finding> = linted.findings.iter().map(Finding::new).collect();
        Self {
            schema_version: 1,
            summary: Summary {
                checked: linted.checked,
                errors: linted.count(Severity::Error),
                warnings: linted.count(Severity::Warning),
                fixable: findings
                    .iter()
                    .filter(|finding| finding.fix.as_ref().is_some_and(|fix| fix.safe))
                    .count(),
            },
            findings,
        }
    }
}

impl Finding {
    fn new(finding: &Diagnostic) -> Self {
        let place = &finding.place;
        Self {
            rule: finding.rule,
            level: finding.severity.name(),
            path: place.path.to_string(),
            line: place.start.line,
            column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
            message: finding.message.clone(),
            help: finding.help.clone(),
            fix: finding.fix.as_ref().map(|fix| Fix {
                title: fix.title.clone(),
                safe: fix.safety == Safety::Safe,
                edits: fix
                    .edits
                    .iter()
                    .map(|edit| Edit {
                        start: edit.span.start,
                        end: edit.span.end,
                        replacement: edit.replacement.clone(),
                    })
                    .collect(),
            }),
        }
    }
}
