//! Findings that a project knows of and lives with for now: a file of them, left out of reports until they are mended.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Result};
use crate::text::Source;

use super::{Home, Linted, fingerprints};

const VERSION: u32 = 1;

/// Known findings. A finding is known by its rule, its file and the text of its line, so that it stays known when lines move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    schema_version: u32,
    /// Ordered by path, rule and fingerprint, so that files of two branches merge.
    findings: Vec<Known>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    path: String,
    rule: String,
    fingerprint: String,
}

impl Baseline {
    /// A baseline of all findings of a run.
    pub fn of(linted: &Linted, home: &Home) -> Self {
        let fingerprints = fingerprints(linted, |path| home.from_root(path));
        let known = linted.findings.iter().zip(fingerprints);
        let mut findings: Vec<Known> = known
            .map(|(finding, fingerprint)| Known {
                path: home.from_root(&finding.place.path),
                rule: finding.rule.to_owned(),
                fingerprint,
            })
            .collect();
        findings.sort();
        Self {
            schema_version: VERSION,
            findings,
        }
    }

    /// As it is written to a file: JSON, a finding on a line.
    pub fn text(&self) -> String {
        let lines = self
            .findings
            .iter()
            .filter_map(|known| serde_json::to_string(known).ok());
        let lines: Vec<String> = lines.map(|line| format!("    {line}")).collect();
        let inner = if lines.is_empty() {
            String::new()
        } else {
            format!("\n{}\n  ", lines.join(",\n"))
        };
        format!("{{\n  \"schema_version\": {VERSION},\n  \"findings\": [{inner}]\n}}\n")
    }

    /// Reads a file.
    pub fn parse(source: &Source) -> Result<Self> {
        let refused = |failure: Failure| failure.hint("write it anew: packwright lint --write-baseline FILE");
        let failure = || Failure::user(format!("`{}` is not a baseline", source.path()));
        let baseline: Self =
            serde_json::from_str(source.text()).map_err(|error| refused(failure().because(&error)))?;
        if baseline.schema_version == VERSION {
            Ok(baseline)
        } else {
            let version = baseline.schema_version;
            Err(refused(failure().caused_by(format!(
                "its `schema_version` is {version}, and {VERSION} is what this packwright reads"
            ))))
        }
    }

    /// Takes the known findings out, and says how many entries matched none.
    pub fn take_out(&self, linted: &mut Linted, home: &Home) -> usize {
        let known: BTreeSet<&str> = self
            .findings
            .iter()
            .map(|known| known.fingerprint.as_str())
            .collect();
        let fingerprints = fingerprints(linted, |path| home.from_root(path));
        let seen: BTreeSet<&str> = fingerprints.iter().map(String::as_str).collect();
        let gone = (self.findings.iter())
            .filter(|known| !seen.contains(known.fingerprint.as_str()))
            .count();
        let mut each = fingerprints.iter();
        linted
            .findings
            .retain(|_| each.next().is_none_or(|found| !known.contains(found.as_str())));
        gone
    }
}
