//! The engine of every `lint`: rules as values, levels, inline allows, and fixes applied until nothing moves.
//!
//! It knows no domain. A domain keeps a slice of [`Rule`]s over its own subject and calls [`run`].

mod allow;
mod fix;
mod levels;
mod rule;

pub use allow::Allows;
pub use fix::{Settled, settle};
pub use levels::{Group, Level, Levels};
pub(crate) use rule::rule;
pub use rule::{Case, Finding, Report, Rule, cases, summary};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Source;

/// Runs every rule that is not off over one subject. Findings come sorted by place, without duplicates.
pub fn run<S>(rules: &[Rule<S>], subject: &S, levels: &Levels) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rule in rules {
        let severity = match levels.of(rule.name, rule.group) {
            Level::Off => continue,
            Level::Warn => Severity::Warning,
            Level::Deny => Severity::Error,
        };
        (rule.check)(subject, &mut Report::new(rule.name, severity, &mut findings));
    }
    sort(&mut findings);
    findings
}

/// Brings findings into the order of reports and drops repeated ones.
pub fn sort(findings: &mut Vec<Diagnostic>) {
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    findings.dedup();
}

/// What a lint of many files came to.
#[derive(Debug, Clone, Default)]
pub struct Linted {
    /// Subjects that were looked at.
    pub checked: usize,
    /// Findings in the order of reports.
    pub findings: Vec<Diagnostic>,
    /// Texts of the files that have findings, for drawing them.
    pub sources: BTreeMap<Arc<str>, Source>,
}

impl Linted {
    /// Whether there is a finding that fails the run.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// Takes the findings of another lint in.
    pub fn merge(&mut self, other: Self) {
        self.checked += other.checked;
        self.findings.extend(other.findings);
        self.sources.extend(other.sources);
        sort(&mut self.findings);
    }
}
