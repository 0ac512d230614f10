//! The rules as people look them up: `rules`, `lint --explain`, and the pages under `docs/rules/`.

use std::fmt::Write as _;

use serde::Serialize;

use crate::cli::ui::{BOLD, styled};
use crate::cli::{Context, Format, Outcome};
use crate::failure::{Failure, Result};
use crate::lint::{About, Group, Level, Profile, Reader, codes, explained, summary};
use crate::text::nearest;
use crate::{agent, hook, marketplace, skill, workspace};

/// A rule as it is listed.
#[derive(Debug)]
pub struct Listed {
    pub name: &'static str,
    pub group: &'static str,
    pub level: Level,
    pub since: &'static str,
    pub refused_by: &'static [Reader],
    pub docs: &'static str,
    pub subject: String,
}

pub fn listed() -> Vec<Listed> {
    let subjects = |about: &About| {
        let of = |subject, mut rules: Box<dyn Iterator<Item = &'static About>>| {
            rules.any(|rule| rule.name == about.name).then_some(subject)
        };
        let subjects = [
            of("skill", Box::new(skill::lint::abouts())),
            of("agent", Box::new(agent::lint::abouts())),
            of(
                "hooks",
                Box::new(hook::lint::abouts().chain(hook::lint::file_abouts())),
            ),
            of(
                "plugin",
                Box::new(marketplace::lint::plugin_abouts().chain(hook::lint::abouts())),
            ),
            of(
                "marketplace",
                Box::new(marketplace::lint::catalog_abouts().chain(hook::lint::abouts())),
            ),
            of("lock", Box::new(marketplace::lint::lock_abouts())),
            of("pack", Box::new(workspace::lint::abouts())),
        ];
        subjects.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let mut rules: Vec<Listed> = workspace::lint::all_abouts()
        .into_iter()
        .map(|about| Listed {
            name: about.name,
            group: about.group.name(),
            level: about.group.default_level(),
            since: about.since,
            refused_by: about.refused_by,
            docs: about.docs,
            subject: subjects(about),
        })
        .collect();
    rules.sort_by_key(|rule| rule.name);
    rules
}

pub(super) fn explain(name: &str, context: &Context) -> Result<Outcome> {
    let rules = listed();
    let Some(rule) = rules.iter().find(|rule| rule.name == name) else {
        let failure = Failure::user(format!("there is no rule `{name}`"));
        return Err(match nearest(name, rules.iter().map(|rule| rule.name)) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint("packwright rules lists them"),
        });
    };
    if context.format == Format::Json {
        context.ui.print_json(&RuleRow::new(rule))?;
        return Ok(Outcome::Clean);
    }
    context.ui.print(styled(
        BOLD,
        format_args!("{} ({}, {})", rule.name, rule.group, rule.level.name()),
    ))?;
    context.ui.print("")?;
    context.ui.print(explained(rule.docs))?;
    Ok(Outcome::Clean)
}

/// Answer of `rules --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Rules {
    schema_version: u32,
    rules: Vec<RuleRow>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct RuleRow {
    name: &'static str,
    group: &'static str,
    /// `off`, `warn` or `deny`, when nothing else is said.
    default_level: &'static str,
    /// What it looks at.
    subject: String,
    /// Version of packwright that brought it.
    since: &'static str,
    summary: String,
    /// What other vendors call it, each with its vendor: `snyk W008`.
    codes: Vec<String>,
    /// Markdown.
    docs: &'static str,
}

impl RuleRow {
    fn new(rule: &Listed) -> Self {
        Self {
            name: rule.name,
            group: rule.group,
            default_level: rule.level.name(),
            subject: rule.subject.clone(),
            since: rule.since,
            summary: summary(rule.docs),
            codes: codes(rule.docs),
            docs: rule.docs,
        }
    }
}

/// `rules`: every rule on a line.
pub fn list(context: &Context) -> Result<Outcome> {
    let rules: Vec<RuleRow> = listed().iter().map(RuleRow::new).collect();
    if context.format == Format::Json {
        context.ui.print_json(&Rules {
            schema_version: 1,
            rules,
        })?;
        return Ok(Outcome::Clean);
    }
    for rule in &rules {
        let summary = first_sentence(rule.docs);
        context.ui.print(format_args!(
            "{:<32} {:<5} {:<12} {summary}",
            rule.name, rule.default_level, rule.group
        ))?;
    }
    Ok(Outcome::Clean)
}

/// The pages of the rules' documentation: file name and Markdown.
pub fn pages() -> Vec<(String, String)> {
    let rules = listed();
    let mut pages: Vec<(String, String)> = rules
        .iter()
        .map(|rule| (format!("{}.md", rule.name), page(rule)))
        .collect();
    pages.push(("README.md".to_owned(), index(&rules)));
    pages
}

fn page(rule: &Listed) -> String {
    let mut text = format!(
        "<!-- Written by the tests from src/: UPDATE=1 writes it anew. -->\n\n# {}\n\n",
        rule.name
    );
    let level = match rule.level {
        Level::Off => "off by default",
        Level::Warn => "a warning by default",
        Level::Deny => "an error by default",
    };
    let _ = write!(
        text,
        "Group {}, {level}; looks at: {}; since {}.",
        rule.group, rule.subject, rule.since
    );
    if !rule.refused_by.is_empty() {
        let readers: Vec<&str> = rule
            .refused_by
            .iter()
            .map(|reader| reader_name(*reader))
            .collect();
        let _ = write!(text, " Refused by: {}.", readers.join(", "));
    }
    let _ = write!(text, "\n\n{}\n", explained(rule.docs).trim());
    text
}

/// What a reader is called after `--profile`.
fn reader_name(reader: Reader) -> &'static str {
    let named = Profile::NAMED.iter().find(|(_, named)| *named == reader);
    named.map_or("clients", |(name, _)| name)
}

fn index(rules: &[Listed]) -> String {
    let mut text = format!(
        "<!-- Written by the tests from src/: UPDATE=1 writes it anew. -->\n\n# Rules\n\n{} rules. `packwright lint --explain RULE` prints a page; \
         `[lint.rules]` in `packwright.toml`, or `--deny`, `--warn`, `--ignore` and `--select`, set levels by rule or group.\n",
        rules.len()
    );
    for group in Group::ALL {
        let of_group: Vec<&Listed> = rules.iter().filter(|rule| rule.group == group.name()).collect();
        if of_group.is_empty() {
            continue;
        }
        let _ = write!(
            text,
            "\n## {} ({})\n\n| rule | looks at | what it finds |\n|---|---|---|\n",
            group.name(),
            group.default_level().name()
        );
        for rule in of_group {
            let _ = writeln!(
                text,
                "| [{0}]({0}.md) | {1} | {2} |",
                rule.name,
                rule.subject,
                first_sentence(rule.docs).replace('|', "\\|")
            );
        }
    }
    text
}

fn first_sentence(docs: &str) -> String {
    let summary = summary(docs);
    let first = summary.split(". ").next().unwrap_or_default();
    first.trim_end_matches('.').to_owned()
}
