//! What checking commands print: findings for people, for programs, and for the systems that run checks.

mod checkout;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod sarif;
mod snippet;
mod statistics;

pub use json::Findings;
pub use statistics::Statistics;

use clap::ValueEnum;

use crate::failure::Result;
use crate::lint::Linted;

use super::{Context, Outcome, lint, ui};
use checkout::Checkout;

/// What a command prints on stdout. Every command knows the first two, checking commands the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs: one JSON document with a `schema_version`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands, which GitHub Actions turns into annotations.
    Github,
    /// A Code Quality report of GitLab.
    Gitlab,
    /// `JUnit` XML, a test case for each file, for test reports.
    Junit,
}

impl Format {
    /// As it is written after `--format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
        }
    }

    /// The same as a format of answers that are no findings.
    pub fn of_any_answer(self) -> Option<ui::Format> {
        match self {
            Self::Human => Some(ui::Format::Human),
            Self::Json => Some(ui::Format::Json),
            Self::Sarif | Self::Github | Self::Gitlab | Self::Junit => None,
        }
    }
}

/// What is asked of a report, apart from its format.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// The command that looked, without the program's name: `skill lint`.
    pub command: &'static str,
    /// What it looked at, in the singular.
    pub noun: &'static str,
    /// Whether fixes that want a look are offered too.
    pub unsafe_fixes: bool,
    /// Whether rules are counted instead of findings shown.
    pub statistics: bool,
}

/// Prints findings in the format asked for.
pub fn print(context: &Context, linted: &Linted, request: Request) -> Result<Outcome> {
    let ui = &context.ui;
    let summary = || human::summary(linted, request);
    let checkout = || Checkout::around(&context.environment.folder);
    match context.report {
        Format::Human if request.statistics => {
            statistics::print(ui, &Statistics::new(linted))?;
            ui.print(summary())?;
        }
        Format::Json if request.statistics => ui.print_json(&Statistics::new(linted))?,
        Format::Human => human::print(ui, linted, request)?,
        Format::Json => ui.print_json(&Findings::new(linted))?,
        Format::Sarif => ui.print_json(&sarif::log(linted, &lint::listed(), request.command, &checkout()))?,
        Format::Github => github::print(ui, linted, &checkout())?,
        Format::Gitlab => ui.print_json(&gitlab::issues(linted, &lint::listed(), &checkout()))?,
        Format::Junit => ui.print(junit::document(linted, request.command, &checkout()))?,
    }
    // What a machine reads on stdout says little to whoever reads the log.
    if context.report.of_any_answer().is_none() {
        ui.note(summary());
    }
    Ok(if linted.has_errors() {
        Outcome::Problems
    } else {
        Outcome::Clean
    })
}
