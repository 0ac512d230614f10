//! The checking commands: `lint`, `skill lint`, `agent lint`, `rules`.

use std::path::PathBuf;

use serde::Serialize;

use crate::failure::{Failure, Result};
use crate::lint::{Levels, Linted, summary};
use crate::text::nearest;
use crate::{agent, page, skill};

use super::changes::{counted, diff};
use super::ui::{BOLD, styled};
use super::{Context, Format, Outcome, report};

/// What every checking command takes.
#[derive(Debug, Clone, clap::Args)]
pub struct LintArguments {
    /// Files or folders; the repository when none is given.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Mend what can be mended safely, then report the rest.
    #[arg(long)]
    fix: bool,
    /// Show what `--fix` would change, and change nothing.
    #[arg(long)]
    diff: bool,
    /// Print what a rule is about.
    #[arg(long, value_name = "RULE", exclusive = true)]
    explain: Option<String>,
    /// Count warnings as errors.
    #[arg(long)]
    strict: bool,
}

/// A rule as it is listed.
#[derive(Debug)]
struct Listed {
    name: &'static str,
    group: &'static str,
    level: crate::lint::Level,
    since: &'static str,
    docs: &'static str,
    subject: &'static str,
}

fn listed() -> Vec<Listed> {
    fn list<S>(rules: &[crate::lint::Rule<S>], subject: &'static str) -> Vec<Listed> {
        let listed = rules.iter().map(|rule| Listed {
            name: rule.name,
            group: rule.group.name(),
            level: rule.group.default_level(),
            since: rule.since,
            docs: rule.docs,
            subject,
        });
        listed.collect()
    }
    let mut rules = list(page::rules::RULES, "skill, agent");
    rules.extend(list(skill::rules::RULES, "skill"));
    rules.extend(list(agent::rules::RULES, "agent"));
    rules.sort_by_key(|rule| rule.name);
    rules
}

fn levels(arguments: &LintArguments, context: &Context) -> Result<Levels> {
    let by_rule = context.project()?.settings.lint.rules.clone();
    let levels = Levels::new(by_rule, arguments.strict);
    let known: Vec<&str> = listed().iter().map(|rule| rule.name).collect();
    if let Some(name) = levels.unknown(&known).first() {
        let failure = Failure::config(format!(
            "there is no rule `{name}`, which `lint.rules` in the settings names"
        ));
        return Err(match nearest(name, known) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint("packwright rules lists them"),
        });
    }
    Ok(levels)
}

/// The paths to look at: those given, or the repository.
fn paths(arguments: &LintArguments, context: &Context) -> Result<Vec<PathBuf>> {
    if arguments.paths.is_empty() {
        Ok(vec![context.project()?.root.clone()])
    } else {
        Ok(arguments.paths.clone())
    }
}

/// `skill lint`
pub fn skills(arguments: &LintArguments, context: &Context) -> Result<Outcome> {
    if let Some(rule) = &arguments.explain {
        return explain(rule, context);
    }
    let levels = levels(arguments, context)?;
    let paths = paths(arguments, context)?;
    if let Some(outcome) = fix_skills(arguments, &paths, &levels, context)? {
        return Ok(outcome);
    }
    let linted = skill::lint::check_all(&paths, &levels)?;
    expect_some(
        &linted,
        arguments,
        "skill",
        "a skill is a folder with a `SKILL.md`",
    )?;
    report::print(context, &linted, "skill")
}

/// `agent lint`
pub fn agents(arguments: &LintArguments, context: &Context) -> Result<Outcome> {
    if let Some(rule) = &arguments.explain {
        return explain(rule, context);
    }
    let levels = levels(arguments, context)?;
    let paths = paths(arguments, context)?;
    if arguments.fix || arguments.diff {
        let (set, count) = agent::lint::plan_fixes(&paths, &levels, false)?;
        if let Some(outcome) = apply_fixes(arguments, &set, count, context)? {
            return Ok(outcome);
        }
    }
    let linted = agent::lint::check_all(&paths, &levels)?;
    expect_some(
        &linted,
        arguments,
        "agent",
        "an agent is a Markdown file in a folder `agents`",
    )?;
    report::print(context, &linted, "agent")
}

/// `lint`: everything.
pub fn everything(arguments: &LintArguments, context: &Context) -> Result<Outcome> {
    if let Some(rule) = &arguments.explain {
        return explain(rule, context);
    }
    let levels = levels(arguments, context)?;
    let paths = paths(arguments, context)?;
    if arguments.fix || arguments.diff {
        let (mut set, count) = skill::lint::plan_fixes(&paths, &levels, false)?;
        let (agents, more) = agent::lint::plan_fixes(&paths, &levels, false)?;
        set.changes.extend(agents.changes);
        if let Some(outcome) = apply_fixes(arguments, &set, count + more, context)? {
            return Ok(outcome);
        }
    }
    let mut linted = skill::lint::check_all(&paths, &levels)?;
    linted.merge(agent::lint::check_all(&paths, &levels)?);
    report::print(context, &linted, "file")
}

/// A path that was named and holds nothing to check is a mistake; an empty repository is not.
fn expect_some(linted: &Linted, arguments: &LintArguments, subject: &str, hint: &str) -> Result<()> {
    if linted.checked > 0 || arguments.paths.is_empty() {
        return Ok(());
    }
    let paths: Vec<String> = arguments
        .paths
        .iter()
        .map(|path| format!("`{}`", crate::text::slashed(path)))
        .collect();
    Err(Failure::user(format!("there is no {subject} in {}", paths.join(", "))).hint(hint))
}

fn fix_skills(
    arguments: &LintArguments,
    paths: &[PathBuf],
    levels: &Levels,
    context: &Context,
) -> Result<Option<Outcome>> {
    if !(arguments.fix || arguments.diff) {
        return Ok(None);
    }
    let (set, count) = skill::lint::plan_fixes(paths, levels, false)?;
    apply_fixes(arguments, &set, count, context)
}

/// Shows or applies fixes. With `--diff` that is all there is to do, and the outcome says whether there was anything.
fn apply_fixes(
    arguments: &LintArguments,
    set: &crate::changes::ChangeSet,
    count: usize,
    context: &Context,
) -> Result<Option<Outcome>> {
    if arguments.diff {
        if !set.is_empty() {
            context.ui.print(diff(set))?;
        }
        context.ui.note(format_args!(
            "{} in {}",
            counted(count, "fix").replace("fixs", "fixes"),
            counted(set.changes.len(), "file")
        ));
        return Ok(Some(if set.is_empty() {
            Outcome::Clean
        } else {
            Outcome::Problems
        }));
    }
    crate::io::files::apply(set)?;
    for change in &set.changes {
        context.ui.status("mended", crate::text::slashed(change.path()));
    }
    Ok(None)
}

fn explain(name: &str, context: &Context) -> Result<Outcome> {
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
        format_args!("{} ({}, {})", rule.name, rule.group, level_name(rule.level)),
    ))?;
    context.ui.print("")?;
    for line in rule.docs.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        // `bad folder=x` tells the tests how to read an example; people need the first word only.
        let line = line
            .split(" bad")
            .next()
            .filter(|fence| fence.starts_with("```"))
            .map_or(line.to_owned(), |fence| {
                if line.contains(" bad") {
                    format!("{fence} bad")
                } else {
                    line.to_owned()
                }
            });
        context.ui.print(line)?;
    }
    Ok(Outcome::Clean)
}

fn level_name(level: crate::lint::Level) -> &'static str {
    match level {
        crate::lint::Level::Off => "off",
        crate::lint::Level::Warn => "warn",
        crate::lint::Level::Deny => "deny",
    }
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
    subject: &'static str,
    /// Version of packwright that brought it.
    since: &'static str,
    summary: String,
    /// Markdown.
    docs: &'static str,
}

impl RuleRow {
    fn new(rule: &Listed) -> Self {
        Self {
            name: rule.name,
            group: rule.group,
            default_level: level_name(rule.level),
            subject: rule.subject,
            since: rule.since,
            summary: summary(rule.docs),
            docs: rule.docs,
        }
    }
}

/// `rules`: every rule on a line.
pub fn rules(context: &Context) -> Result<Outcome> {
    let rules: Vec<RuleRow> = listed().iter().map(RuleRow::new).collect();
    if context.format == Format::Json {
        context.ui.print_json(&Rules {
            schema_version: 1,
            rules,
        })?;
        return Ok(Outcome::Clean);
    }
    for rule in &rules {
        let summary = rule
            .summary
            .split(". ")
            .next()
            .unwrap_or_default()
            .trim_end_matches('.');
        context.ui.print(format_args!(
            "{:<32} {:<5} {:<12} {summary}",
            rule.name, rule.default_level, rule.group
        ))?;
    }
    Ok(Outcome::Clean)
}
