//! `lint --profile all`: which consumer would refuse what.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cli::changes::counted;
use crate::cli::ui::{BAD, BOLD, GOOD, styled};
use crate::cli::{Context, Format, Outcome};
use crate::diagnostic::Severity;
use crate::failure::Result;
use crate::lint::{About, Profile, Reader};
use crate::text::printable;
use crate::workspace::{self, Scope};

use super::LintArguments;

/// Answer of `lint --profile all --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "the names of the fields are the shape of the answer"
)]
pub struct Consumers {
    schema_version: u32,
    /// Skills and agents that were looked at.
    checked: usize,
    consumers: Vec<Consumer>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Consumer {
    /// As `--profile` takes it; `clients` stands for every client that loads as the specification's guide says.
    name: &'static str,
    refused: Vec<Refused>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Refused {
    path: String,
    /// The rules whose findings are the reason, each with the line of its first.
    reasons: BTreeMap<&'static str, usize>,
}

const CLIENTS: (&str, Reader) = ("clients", Reader::Client);

/// Lints once under each profile and tells what each would refuse. Ends in problems when one refuses anything.
pub fn run(arguments: &LintArguments, scope: Scope, context: &Context) -> Result<Outcome> {
    let survey = super::survey(arguments, scope, context)?;
    let levels = super::levels(&arguments.levels, Some(Profile::NAMED[0].0), context)?;
    // What a rule finds does not hang on the profile, only how much it matters: one look is enough.
    let mut cache = super::cache(arguments, &levels, context);
    let linted = workspace::lint::check(&survey, &levels, cache.as_mut(), None);
    if let Some(cache) = cache {
        cache.save();
    }
    let rules: BTreeMap<&str, &About> = (workspace::lint::all_abouts().into_iter())
        .map(|rule| (rule.name, rule))
        .collect();
    let mut consumers = Vec::new();
    for &(name, reader) in Profile::NAMED.iter().chain([&CLIENTS]) {
        let mut refused: BTreeMap<&str, BTreeMap<&'static str, usize>> = BTreeMap::new();
        for finding in &linted.findings {
            let is_reason = rules
                .get(finding.rule)
                .is_some_and(|rule| rule.refused_by.contains(&reader));
            if is_reason {
                let reasons = refused.entry(&finding.place.path).or_default();
                reasons.entry(finding.rule).or_insert(finding.place.start.line);
            }
        }
        let refused = refused.into_iter().map(|(path, reasons)| Refused {
            path: path.to_owned(),
            reasons,
        });
        consumers.push(Consumer {
            name,
            refused: refused.collect(),
        });
    }
    let is_clean = consumers.iter().all(|consumer| consumer.refused.is_empty());
    let answer = Consumers {
        schema_version: 1,
        checked: linted.checked.len(),
        consumers,
    };
    match context.format {
        Format::Json => context.ui.print_json(&answer)?,
        Format::Human => print(&answer, context)?,
    }
    let errors_elsewhere = linted.count(Severity::Error);
    if is_clean && errors_elsewhere > 0 {
        context.ui.note(format_args!(
            "{} that no consumer refuses: lint without --profile shows them",
            counted(errors_elsewhere, "error")
        ));
    }
    Ok(if is_clean {
        Outcome::Clean
    } else {
        Outcome::Problems
    })
}

fn print(answer: &Consumers, context: &Context) -> Result<()> {
    for consumer in &answer.consumers {
        let name = styled(BOLD, format_args!("{:<14}", consumer.name));
        if consumer.refused.is_empty() {
            context.ui.print(format_args!(
                "{name} {} {}",
                styled(GOOD, "takes"),
                counted(answer.checked, "file")
            ))?;
            continue;
        }
        context.ui.print(format_args!(
            "{name} {} {} of {}",
            styled(BAD, "refuses"),
            consumer.refused.len(),
            counted(answer.checked, "file")
        ))?;
        for refused in &consumer.refused {
            let reasons = refused
                .reasons
                .iter()
                .map(|(rule, line)| format!("{rule} (line {line})"));
            let reasons: Vec<String> = reasons.collect();
            context.ui.print(format_args!(
                "  {}: {}",
                printable(&refused.path),
                reasons.join(", ")
            ))?;
        }
    }
    Ok(())
}
