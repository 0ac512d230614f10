//! `--statistics`: how often each rule fired, instead of where.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::ui::{BOLD, Ui, styled};
use crate::diagnostic::{Safety, Severity};
use crate::failure::Result;
use crate::lint::Linted;

use super::json::Summary;

/// Answer of checking commands with `--statistics --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Statistics {
    schema_version: u32,
    /// Rules that fired, those with most findings first.
    rules: Vec<Count>,
    summary: Summary,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Count {
    /// Name of the rule.
    rule: &'static str,
    errors: usize,
    warnings: usize,
    /// Findings that `--fix` mends.
    fixable: usize,
    /// Findings that only `--fix --unsafe-fixes` mends.
    unsafely_fixable: usize,
}

impl Count {
    fn findings(&self) -> usize {
        self.errors + self.warnings
    }
}

impl Statistics {
    pub fn new(linted: &Linted) -> Self {
        let mut counts: BTreeMap<&'static str, Count> = BTreeMap::new();
        for finding in &linted.findings {
            let count = counts.entry(finding.rule).or_default();
            count.rule = finding.rule;
            match finding.severity {
                Severity::Error => count.errors += 1,
                Severity::Warning => count.warnings += 1,
            }
            match finding.fix.as_ref().map(|fix| fix.safety) {
                Some(Safety::Safe) => count.fixable += 1,
                Some(Safety::Unsafe) => count.unsafely_fixable += 1,
                None => {}
            }
        }
        let mut rules: Vec<Count> = counts.into_values().collect();
        rules.sort_by_key(|count| std::cmp::Reverse(count.findings()));
        Self {
            schema_version: 1,
            rules,
            summary: Summary::new(linted),
        }
    }
}

/// The counts as a table. `+ 2` beside what `--fix` mends is what takes `--unsafe-fixes`.
pub fn print(ui: &Ui, statistics: &Statistics) -> Result<()> {
    if statistics.rules.is_empty() {
        return Ok(());
    }
    ui.print(styled(
        BOLD,
        format_args!("{:>7} {:>8}  {:<9} {}", "errors", "warnings", "fixable", "rule"),
    ))?;
    for count in &statistics.rules {
        let fixable = match (count.fixable, count.unsafely_fixable) {
            (0, 0) => String::new(),
            (safe, 0) => safe.to_string(),
            (safe, unsafely) => format!("{safe} + {unsafely}"),
        };
        ui.print(format_args!(
            "{:>7} {:>8}  {fixable:<9} {}",
            shown(count.errors),
            shown(count.warnings),
            count.rule
        ))?;
    }
    ui.print("")
}

/// A count; none is nothing, so that the eye finds what is there.
fn shown(count: usize) -> String {
    match count {
        0 => String::new(),
        count => count.to_string(),
    }
}
