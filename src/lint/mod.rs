//! The engine of every `lint`: rules as values, levels, inline allows, and fixes applied until nothing moves.
//!
//! It knows no domain. A domain keeps a slice of [`Rule`]s over its own subject and calls [`run`].

mod allow;
mod baseline;
mod fingerprint;
mod fix;
mod levels;
mod options;
mod policy;
mod profile;
mod rule;
mod rules;
mod secrets;

pub use allow::{Allow, Allows};
pub use baseline::Baseline;
pub use fingerprint::fingerprints;
pub use fix::{Fixed, Settled, settle};
pub use levels::{ByName, Group, Level, Levels, PathLevels};
pub use options::{Home, Limits, Options};
pub use policy::{Banned, CompiledPolicy, Flaw, Policy};
pub use profile::{Profile, Reader};
pub(crate) use rule::rule;
pub use rule::{About, Case, Finding, Report, Rule, cases, codes, explained, summary};
pub use rules::RULES as ALLOW_RULES;
pub use secrets::Secrets;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::text::Source;

/// Runs every rule that is not off over one subject. Findings come sorted by place, without duplicates.
pub fn run<S>(rules: &[Rule<S>], subject: &S, levels: &Levels) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rule in rules.iter().filter(|rule| levels.may_fire(&rule.about)) {
        let first = findings.len();
        let severity = severity(levels.of(&rule.about, "")).unwrap_or(Severity::Warning);
        let mut report = Report::new(rule.about.name, severity, &levels.options, &mut findings);
        (rule.check)(subject, &mut report);
        if levels.differ_by_path() && findings.len() > first {
            let found = findings.split_off(first);
            findings.extend(found.into_iter().filter_map(|mut finding| {
                finding.severity = severity_at(levels, &rule.about, &finding)?;
                Some(finding)
            }));
        }
    }
    sort(&mut findings);
    findings
}

fn severity(level: Level) -> Option<Severity> {
    match level {
        Level::Off => None,
        Level::Warn => Some(Severity::Warning),
        Level::Deny => Some(Severity::Error),
    }
}

fn severity_at(levels: &Levels, rule: &About, finding: &Diagnostic) -> Option<Severity> {
    severity(levels.of(rule, &finding.place.path))
}

/// Brings findings into the order of reports and drops repeated ones.
pub fn sort(findings: &mut Vec<Diagnostic>) {
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    findings.dedup();
}

/// What a lint of many files came to.
#[derive(Debug, Clone, Default)]
pub struct Linted {
    /// Files of the subjects that were looked at, one for each.
    pub checked: Vec<Arc<str>>,
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

    /// Findings that have a fix of that kind.
    pub fn fixable(&self, safety: Safety) -> usize {
        let fixes = self.findings.iter().filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.safety == safety).count()
    }

    /// Takes the findings of another lint in.
    pub fn merge(&mut self, other: Self) {
        self.checked.extend(other.checked);
        self.findings.extend(other.findings);
        self.sources.extend(other.sources);
        sort(&mut self.findings);
    }
}
