//! Findings as a Code Quality report, which GitLab shows in merge requests.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::cli::lint::Listed;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Group, Linted, fingerprints};

use super::checkout::Checkout;

/// One entry of the report.
#[derive(Debug, Serialize)]
pub struct Issue {
    description: String,
    check_name: &'static str,
    /// By this GitLab tells old findings from new ones.
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// The report: an entry for every finding.
pub fn issues(linted: &Linted, rules: &[Listed], checkout: &Checkout) -> Vec<Issue> {
    let is_about_harm = |rule: &&Listed| rule.group == Group::Security.name();
    let harmful: BTreeSet<&str> = rules.iter().filter(is_about_harm).map(|rule| rule.name).collect();
    let prints = fingerprints(linted, |path| checkout.path(path));
    let findings = linted.findings.iter().zip(prints);
    let issues = findings.map(|(finding, fingerprint)| Issue {
        description: match &finding.help {
            Some(help) => format!("{}; {help}", finding.message),
            None => finding.message.clone(),
        },
        check_name: finding.rule,
        fingerprint,
        severity: severity(finding, &harmful),
        location: Location {
            path: checkout.path(&finding.place.path).into_owned(),
            lines: Lines {
                begin: finding.place.start.line,
                end: finding.place.end.line,
            },
        },
    });
    issues.collect()
}

/// Of GitLab's five severities, `info` and `blocker` say more than a rule knows.
fn severity(finding: &Diagnostic, harmful: &BTreeSet<&str>) -> &'static str {
    match finding.severity {
        Severity::Error if harmful.contains(finding.rule) => "critical",
        Severity::Error => "major",
        Severity::Warning => "minor",
    }
}
