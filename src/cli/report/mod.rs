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

use std::path::Path;

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
        Format::Sarif => ui.print_json(&sarif::Log::new(
            linted,
            &lint::listed(),
            request.command,
            &checkout(),
        ))?,
        Format::Github => {
            github::commands(linted, &checkout()).try_for_each(|command| ui.print(command))?;
        }
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

/// The findings in each format, by its name: what [`print()`] writes, without colour. `folder` is the working folder, absolute.
pub fn in_every_format(linted: &Linted, folder: &Path) -> Vec<(&'static str, String)> {
    let request = Request {
        command: "lint",
        noun: "file",
        unsafe_fixes: true,
        statistics: false,
    };
    let checkout = Checkout::around(folder);
    let rules = lint::listed();
    let json = |written: serde_json::Result<String>| written.unwrap_or_default();
    Format::value_variants()
        .iter()
        .map(|format| {
            let report = match format {
                Format::Human => human::drawn(linted, request),
                Format::Json => json(serde_json::to_string(&Findings::new(linted))),
                Format::Sarif => {
                    let log = sarif::Log::new(linted, &rules, request.command, &checkout);
                    json(serde_json::to_string(&log))
                }
                Format::Github => {
                    github::commands(linted, &checkout).fold(String::new(), |all, line| all + &line + "\n")
                }
                Format::Gitlab => json(serde_json::to_string(&gitlab::issues(linted, &rules, &checkout))),
                Format::Junit => junit::document(linted, request.command, &checkout),
            };
            (format.name(), report)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostic, Fix, Place, Severity};
    use crate::text::{Edit, Source, Span};

    const REQUEST: Request = Request {
        command: "lint",
        noun: "file",
        unsafe_fixes: false,
        statistics: false,
    };

    /// One finding with a safe fix, one with a risky one, one with a secret and one beside it.
    fn linted() -> Linted {
        let source = Source::new("a.md", "one\ntwo\nkey: hunter2, four\n");
        let finding = |rule, start, end, fix: Option<Fix>| Diagnostic {
            rule,
            severity: Severity::Warning,
            message: "it is so".to_owned(),
            place: Place::in_source(&source, Span::new(start, end)),
            labels: Vec::new(),
            help: Some("write `x`".to_owned()),
            sensitive: rule == "secret",
            fix,
        };
        let edit = |start, end, text: &str| vec![Edit::replace(Span::new(start, end), text)];
        Linted {
            checked: vec![source.path().clone()],
            findings: vec![
                finding("safe", 0, 3, Some(Fix::safe("write `x`", edit(0, 3, "x")))),
                finding("risky", 4, 7, Some(Fix::risky("take it out", edit(4, 7, "")))),
                finding("secret", 13, 20, None),
                finding(
                    "beside",
                    22,
                    26,
                    Some(Fix::safe("quote it", edit(8, 26, "\"key: hunter2, four\""))),
                ),
            ],
            sources: [(source.path().clone(), source.clone())].into(),
        }
    }

    use human::drawn;

    #[test]
    fn fixes_that_want_a_look_are_offered_when_asked_for() {
        let linted = linted();
        let summary = human::summary(&linted, REQUEST);
        assert!(
            summary.contains("; 2 fixable with ") && summary.contains(", 1 more with "),
            "{summary}"
        );
        assert!(!drawn(&linted, REQUEST).contains("take it out"));
        let unsafe_fixes = true;
        let drawn = drawn(
            &linted,
            Request {
                unsafe_fixes,
                ..REQUEST
            },
        );
        assert!(
            drawn.contains("= help: write `x`\n  = unsafe fix: take it out\n"),
            "{drawn}"
        );
    }

    #[test]
    fn the_line_of_a_secret_is_not_drawn() {
        insta::assert_snapshot!(drawn(&linted(), REQUEST), @r"
        warning[safe]: it is so
         --> a.md:1:1
          |
        1 | one
          | ^^^
          |
          = fix: write `x`

        warning[risky]: it is so
         --> a.md:2:1
          |
        2 | two
          | ^^^
          |
          = help: write `x`

        warning[secret]: it is so
         --> a.md:3:6 (not shown: it holds a secret)
          |
          = help: write `x`

        warning[beside]: it is so
         --> a.md:3:15 (not shown: it holds a secret)
          |
          = help: write `x`
          = fix: quote it
        ");
    }

    #[test]
    fn no_report_shows_a_secret() {
        let linted = linted();
        for (format, report) in in_every_format(&linted, Path::new("/nowhere")) {
            assert!(
                report.contains("beside") && !report.contains("hunter2"),
                "{format}: {report}"
            );
        }
    }
}
