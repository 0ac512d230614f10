//! The checking commands: `lint`, `skill lint`, `agent lint`, `rules`.

use std::path::PathBuf;

use serde::Serialize;

use crate::changes::ChangeSet;
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::lint::{self, Level, Levels, explained, summary};
use crate::text::{nearest, slashed};
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
    level: Level,
    since: &'static str,
    docs: &'static str,
    subject: &'static str,
}

fn listed() -> Vec<Listed> {
    fn list<S>(rules: &[crate::lint::Rule<S>], subject: &'static str) -> Vec<Listed> {
        let listed = rules.iter().map(|rule| Listed {
            name: rule.about.name,
            group: rule.about.group.name(),
            level: rule.about.group.default_level(),
            since: rule.about.since,
            docs: rule.about.docs,
            subject,
        });
        listed.collect()
    }
    let mut rules = list(page::rules::RULES, "skill, agent");
    rules.extend(list(skill::rules::RULES, "skill"));
    rules.extend(list(agent::rules::RULES, "agent"));
    rules.extend(list(lint::ALLOW_RULES, "skill, agent"));
    rules.sort_by_key(|rule| rule.name);
    rules
}

fn levels(arguments: &LintArguments, context: &Context) -> Result<Levels> {
    let settings = &context.project()?.settings;
    let clients = skill::clients::CLIENTS.iter().map(|client| client.name);
    let levels = settings.levels(None, arguments.strict, clients)?;
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

/// What a checking command looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `skill lint`
    Skills,
    /// `agent lint`
    Agents,
    /// `lint`
    Everything,
}

impl Scope {
    /// The paths to look for skills in, and those to look for agents in. A file is one or the other, a folder may hold both.
    fn split(self, paths: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let is_skill_file = |path: &PathBuf| path.file_name().is_some_and(|name| name == skill::FILE_NAME);
        match self {
            Self::Skills => (paths, Vec::new()),
            Self::Agents => (Vec::new(), paths),
            Self::Everything => {
                let agents = paths
                    .iter()
                    .filter(|path| !is_skill_file(path))
                    .cloned()
                    .collect();
                let is_other_file =
                    |path: &PathBuf| !files::is_folder(path) && files::exists(path) && !is_skill_file(path);
                let skills = paths.into_iter().filter(|path| !is_other_file(path)).collect();
                (skills, agents)
            }
        }
    }

    /// What is counted, and what makes one.
    fn nouns(self) -> (&'static str, &'static str) {
        match self {
            Self::Skills => ("skill", "a skill is a folder with a `SKILL.md`"),
            Self::Agents => ("agent", "an agent is a Markdown file in a folder `agents`"),
            Self::Everything => (
                "file",
                "a skill is a folder with a `SKILL.md`, an agent a Markdown file in `agents`",
            ),
        }
    }
}

/// `skill lint`, `agent lint`, `lint`
pub fn run(arguments: &LintArguments, scope: Scope, context: &Context) -> Result<Outcome> {
    if let Some(rule) = &arguments.explain {
        return explain(rule, context);
    }
    let levels = levels(arguments, context)?;
    let (skills, agents) = scope.split(paths(arguments, context)?);
    if arguments.fix || arguments.diff {
        let (mut set, mut count) = skill::lint::plan_fixes(&skills, &levels, false)?;
        let (more, fixes) = agent::lint::plan_fixes(&agents, &levels, false)?;
        set.changes.extend(more.changes);
        count += fixes;
        if arguments.diff {
            return show_fixes(&set, count, context);
        }
        files::apply(&set)?;
        for change in &set.changes {
            context.ui.status("mended", slashed(change.path()));
        }
    }
    let mut linted = skill::lint::check_all(&skills, &levels)?;
    linted.merge(agent::lint::check_all(&agents, &levels)?);
    let (noun, hint) = scope.nouns();
    // A path that was named and holds nothing to check is a mistake; an empty repository is not.
    if linted.checked == 0 && !arguments.paths.is_empty() {
        let paths: Vec<String> = arguments
            .paths
            .iter()
            .map(|path| format!("`{}`", slashed(path)))
            .collect();
        return Err(Failure::user(format!("there is no {noun} in {}", paths.join(", "))).hint(hint));
    }
    report::print(context, &linted, noun)
}

/// `--diff`: the outcome says whether there is anything to mend.
fn show_fixes(set: &ChangeSet, count: usize, context: &Context) -> Result<Outcome> {
    if set.is_empty() {
        context.ui.note("nothing to mend");
        return Ok(Outcome::Clean);
    }
    context.ui.print(diff(set))?;
    let fixes = if count == 1 { "fix" } else { "fixes" };
    context.ui.note(format_args!(
        "{count} {fixes} in {}",
        counted(set.changes.len(), "file")
    ));
    Ok(Outcome::Problems)
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
    context.ui.print(explained(rule.docs))?;
    Ok(Outcome::Clean)
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Off => "off",
        Level::Warn => "warn",
        Level::Deny => "deny",
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
