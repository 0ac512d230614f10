//! Findings for programs: a frozen shape with a version.

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnostic::{self, Diagnostic, Safety, Severity};
use crate::lint::{Linted, Secrets};
use crate::text;

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
    /// Edits that silence the finding; none where they would show a secret.
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
pub(super) struct Summary {
    /// Skills or agents that were looked at.
    checked: usize,
    errors: usize,
    warnings: usize,
    /// Findings that `--fix` mends.
    fixable: usize,
    /// Findings that only `--fix --unsafe-fixes` mends.
    unsafely_fixable: usize,
}

impl Summary {
    pub(super) fn new(linted: &Linted) -> Self {
        Self {
            checked: linted.checked.len(),
            errors: linted.count(Severity::Error),
            warnings: linted.count(Severity::Warning),
            fixable: linted.fixable(Safety::Safe),
            unsafely_fixable: linted.fixable(Safety::Unsafe),
        }
    }
}

impl Findings {
    pub fn new(linted: &Linted) -> Self {
        let secrets = Secrets::of(linted);
        let findings = linted.findings.iter().map(|finding| {
            let source = linted.sources.get(&finding.place.path);
            let may_show =
                |fix: &&diagnostic::Fix| !source.is_some_and(|source| secrets.touch_fix(fix, source));
            Finding::new(finding, finding.fix.as_ref().filter(may_show))
        });
        Self {
            schema_version: 1,
            findings: findings.collect(),
            summary: Summary::new(linted),
        }
    }
}

impl Finding {
    fn new(finding: &Diagnostic, fix: Option<&diagnostic::Fix>) -> Self {
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
            fix: fix.map(|fix| Fix {
                title: fix.title.clone(),
                safe: fix.safety == Safety::Safe,
                edits: fix.edits.iter().map(Edit::new).collect(),
            }),
        }
    }
}

impl Edit {
    fn new(edit: &text::Edit) -> Self {
        Self {
            start: edit.span.start,
            end: edit.span.end,
            replacement: edit.replacement.clone(),
        }
    }
}
