//! The engine of every `lint`: rules as values, levels, inline allows, and fixes applied until nothing moves.
//!
//! It knows no domain. A domain keeps a slice of [`Rule`]s over its own subject and calls [`run`].

mod allow;
mod fix;
mod levels;
mod rule;

pub use allow::Allows;
pub use fix::{Settled, settle};
pub use levels::Levels;
pub(crate) use rule::rule;
pub use rule::{Case, Finding, Group, Report, Rule, cases, summary};

use crate::config::Level;
use crate::diagnostic::{Diagnostic, Severity};

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
