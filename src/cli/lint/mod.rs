//! The checking commands: `lint`, `skill lint`, `agent lint`, `marketplace lint`, `rules`.

mod consumers;
mod rules;
mod watch;

pub use consumers::Consumers;
pub use rules::{Listed, Rules, list, listed, pages};

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::changes::ChangeSet;
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::io::git::Repository;
use crate::lint::{Baseline, Group, Level, Levels, Rule};
use crate::rag::model::{self, Embedder};
use crate::skill;
use crate::text::{Source, nearest, slashed};
use crate::workspace::{self, Cache, Catalog, Embed, Scope, Survey};

use super::changes::{Changes, counted, diff};

use super::{Context, Environment, Format, Outcome, report};

/// What the formats of findings are for.
const FORMATS: &str = "Formats:
  human   findings drawn with their lines
  json    one document; its shape is schemas/findings.json
  sarif   SARIF 2.1.0 with fixes, for code scanning and viewers
  github  workflow commands; GitHub shows ten errors and ten warnings of a step
  gitlab  a Code Quality report
  junit   a test for each file that fails on errors and prints warnings";

/// What every checking command takes.
#[derive(Debug, Clone, clap::Args)]
#[command(after_long_help = FORMATS)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct LintArguments {
    /// Files or folders; the repository when none is given.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Mend what can be mended safely, then report the rest.
    #[arg(long)]
    fix: bool,
    /// Offer fixes too that may change what a text means to its readers; with `--fix` or `--diff`, apply or show them.
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what `--fix` would change, and change nothing.
    #[arg(long)]
    diff: bool,
    /// Count findings by rule instead of showing them.
    #[arg(long, conflicts_with = "diff")]
    statistics: bool,
    /// Print what a rule is about.
    #[arg(
        long,
        value_name = "RULE",
        conflicts_with_all = ["paths", "fix", "unsafe_fixes", "diff", "statistics", "since", "stdin_filename", "watch"]
    )]
    explain: Option<String>,
    #[command(flatten)]
    levels: LevelArguments,
    /// Look only at skills, agents and manifests with a file that differs from this git revision, committed or not.
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// Read the file from stdin and lint it as if it lay at this path.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["fix", "paths", "since", "watch"])]
    stdin_filename: Option<PathBuf>,
    /// Leave out the findings that this file lists.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all findings to this baseline file and report none.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "fix", "diff", "watch", "stdin_filename", "statistics"])]
    write_baseline: Option<PathBuf>,
    /// Lint again whenever a file changes, until interrupted.
    #[arg(long, conflicts_with_all = ["fix", "diff"])]
    watch: bool,
    /// Look at every file, whatever earlier runs found.
    #[arg(long)]
    no_cache: bool,
}

/// Which rules count, and how much.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Rules")]
pub struct LevelArguments {
    /// Count warnings as errors.
    #[arg(long)]
    strict: bool,
    /// Judge as one consumer does: spec, claude-code, claude-upload, gh, a client of `skill link --list`, or all.
    #[arg(long, value_name = "CONSUMER")]
    profile: Option<String>,
    /// Run only these rules or groups.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Leave these rules or groups out.
    #[arg(long, value_name = "RULE", value_delimiter = ',', visible_alias = "allow")]
    ignore: Vec<String>,
    /// Make these rules or groups warnings.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    warn: Vec<String>,
    /// Make these rules or groups errors.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    deny: Vec<String>,
}

impl LintArguments {
    /// The flag that asks for something else than a report of findings.
    pub fn other_answer(&self) -> Option<&'static str> {
        match self {
            Self { explain: Some(_), .. } => Some("--explain"),
            Self { diff: true, .. } => Some("--diff"),
            Self { statistics: true, .. } => Some("--statistics"),
            Self {
                write_baseline: Some(_),
                ..
            } => Some("--write-baseline"),
            _ if self.is_for_all_consumers() => Some("--profile all"),
            _ => None,
        }
    }

    fn is_for_all_consumers(&self) -> bool {
        self.levels.profile.as_deref() == Some("all")
    }

    /// What a report of these arguments is to be like.
    fn request(&self, scope: Scope) -> report::Request {
        let (command, noun) = match scope {
            Scope::Skills => ("skill lint", "skill"),
            Scope::Agents => ("agent lint", "agent"),
            Scope::Manifests => ("marketplace lint", "manifest"),
            Scope::Everything => ("lint", "file"),
        };
        report::Request {
            command,
            noun,
            unsafe_fixes: self.unsafe_fixes,
            statistics: self.statistics,
        }
    }
}

/// The levels of the settings and the command line, for a profile if one is given.
fn levels(arguments: &LevelArguments, profile: Option<&str>, context: &Context) -> Result<Levels> {
    let project = context.project()?;
    let clients = skill::clients::CLIENTS.iter().map(|client| client.name);
    let mut levels = project.settings.levels(profile, arguments.strict, clients)?;
    levels.options.home = project.home(&context.environment.folder);
    for (names, level) in [
        (&arguments.ignore, Level::Off),
        (&arguments.warn, Level::Warn),
        (&arguments.deny, Level::Deny),
    ] {
        for name in names {
            levels.set(name, level);
        }
    }
    for name in &arguments.select {
        levels.select(name);
    }
    let known: Vec<&str> = workspace::lint::all_abouts()
        .iter()
        .map(|rule| rule.name)
        .collect();
    if let Some(name) = levels.unknown(&known).first() {
        let failure = Failure::user(format!("there is no rule or group `{name}`"));
        let groups = Group::ALL.iter().map(|group| group.name());
        return Err(match nearest(name, known.into_iter().chain(groups)) {
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

/// What makes one of what a command looks at.
fn definition(scope: Scope) -> &'static str {
    match scope {
        Scope::Skills => "a skill is a folder with a `SKILL.md`",
        Scope::Agents => "an agent is a Markdown file in a folder `agents`",
        Scope::Manifests => {
            "a manifest is a `plugin.json` or `marketplace.json` in `.claude-plugin`, a file of hooks, or a `skills-lock.json`"
        }
        Scope::Everything => {
            "a skill is a folder with a `SKILL.md`, an agent a Markdown file in `agents`, a manifest lies in `.claude-plugin`"
        }
    }
}

/// `skill lint`, `agent lint`, `marketplace lint`, `lint`
pub fn run(arguments: &LintArguments, scope: Scope, context: &Context) -> Result<Outcome> {
    if let Some(rule) = &arguments.explain {
        return rules::explain(rule, context);
    }
    if arguments.is_for_all_consumers() {
        return consumers::run(arguments, scope, context);
    }
    if arguments.watch {
        return watch::run(arguments, scope, context);
    }
    once(arguments, scope, context)
}

/// Looks once, and mends or reports.
fn once(arguments: &LintArguments, scope: Scope, context: &Context) -> Result<Outcome> {
    let levels = levels(&arguments.levels, arguments.levels.profile.as_deref(), context)?;
    let request = arguments.request(scope);
    if let Some(path) = &arguments.stdin_filename {
        let bytes = files::read_stdin()?;
        let linted = workspace::lint::check_text(path, bytes, &levels)?;
        return report::print(context, &linted, request);
    }
    let survey = survey(arguments, scope, context)?;
    if arguments.fix || arguments.diff {
        let (set, count) = workspace::lint::plan_fixes(&survey, &levels, arguments.unsafe_fixes);
        if arguments.diff {
            return show_fixes(&set, count, context);
        }
        files::apply(&set)?;
        for change in &set.changes {
            context.ui.status("mended", slashed(change.path()));
        }
    }
    let mut cache = cache(arguments, &levels, context);
    let embedder = embedder(&levels, context)?;
    let embed = |texts: &[&str]| {
        embedder
            .as_ref()
            .map_or(Vec::new(), |embedder| embedder.encoder.embed(texts))
    };
    let embed: Option<Embed<'_>> = embedder.is_some().then_some(&embed);
    let mut linted = workspace::lint::check(&survey, &levels, cache.as_mut(), embed);
    if let Some(cache) = cache {
        cache.save();
    }
    let home = &levels.options.home;
    if let Some(file) = &arguments.write_baseline {
        files::write_atomically(file, Baseline::of(&linted, home).text().as_bytes())?;
        let count = counted(linted.findings.len(), "finding");
        context
            .ui
            .status("wrote", format_args!("{} with {count}", slashed(file)));
        return Ok(Outcome::Clean);
    }
    if let Some(file) = &arguments.baseline {
        let written = files::read(file).map_err(|failure| {
            failure.hint("packwright lint --write-baseline FILE writes one of what is found now")
        })?;
        let baseline = Baseline::parse(&Source::from_bytes(slashed(file), written))?;
        let gone = baseline.take_out(&mut linted, home);
        if gone > 0 && arguments.paths.is_empty() && arguments.since.is_none() {
            context.ui.note(format_args!(
                "{gone} of the baseline's findings are gone: write it anew with --write-baseline {}",
                slashed(file)
            ));
        }
    }
    report::print(context, &linted, request)
}

/// What the arguments name, less what the settings leave out and what did not change.
fn survey(arguments: &LintArguments, scope: Scope, context: &Context) -> Result<Survey> {
    let project = context.project()?;
    let mut survey = Survey::of(&paths(arguments, context)?, scope)?;
    // A path that was named and holds nothing to check is a mistake; an empty repository is not.
    if survey.units.is_empty() && !arguments.paths.is_empty() {
        let paths: Vec<String> = arguments
            .paths
            .iter()
            .map(|path| format!("`{}`", slashed(path)))
            .collect();
        let noun = arguments.request(scope).noun;
        return Err(
            Failure::user(format!("there is no {noun} in {}", paths.join(", "))).hint(definition(scope)),
        );
    }
    if survey.units.is_empty() {
        context
            .ui
            .note(format_args!("nothing to lint was found: {}", definition(scope)));
    }
    let home = project.home(&context.environment.folder);
    survey.leave_out(&project.settings.excluded()?, |path| home.from_root(path));
    if let Some(revision) = &arguments.since {
        let changed = changed_since(&context.environment.folder, revision)?;
        survey.keep_changed(&changed, &context.environment.folder);
    }
    Ok(survey)
}

/// The files that differ from a revision of the repository around `folder`: absolute paths.
fn changed_since(folder: &Path, revision: &str) -> Result<BTreeSet<PathBuf>> {
    let repository = Repository::discover(folder)?.ok_or_else(|| {
        Failure::user("`--since` needs a git repository, and the working folder is in none")
            .hint("leave `--since` out, or run it inside the repository")
    })?;
    repository.changed_since(revision)
}

/// The embedding model, where a rule asks for it and it is on this machine.
fn embedder(levels: &Levels, context: &Context) -> Result<Option<Embedder>> {
    let needs = |rule: &&Rule<Catalog>| rule.about.name == "trigger-alike";
    let is_asked = workspace::rules::RULES.iter().find(needs);
    if !is_asked.is_some_and(|rule| levels.may_fire(&rule.about)) {
        return Ok(None);
    }
    let model = model::named(&context.project()?.settings.rag.model)?;
    let embedder = model.load(&super::model::places(context)?)?;
    if embedder.is_none() {
        context.ui.note(format_args!(
            "the rule `trigger-alike` is passed over: `packwright model pull` fetches the model it needs"
        ));
    }
    Ok(embedder)
}

/// The cache for these settings, unless it is not wanted or there is no place for it.
fn cache(arguments: &LintArguments, levels: &Levels, context: &Context) -> Option<Cache> {
    if arguments.no_cache {
        return None;
    }
    let folder = context.environment.cache_folder().ok()?.join("lint");
    let program = Environment::program().ok()?;
    let stamp = files::stamp(&program)?;
    Some(Cache::open(
        &folder,
        &[
            env!("PACKWRIGHT_VERSION"),
            &format!("{stamp:?}"),
            &slashed(&context.environment.folder),
            &format!("{levels:?}"),
        ],
    ))
}

/// `--diff`: the outcome says whether there is anything to mend.
fn show_fixes(set: &ChangeSet, count: usize, context: &Context) -> Result<Outcome> {
    if context.format == Format::Json {
        context.ui.print_json(&Changes::new(set, false))?;
    }
    if set.is_empty() {
        context.ui.note("nothing to mend");
        return Ok(Outcome::Clean);
    }
    if context.format == Format::Human {
        context.ui.print(diff(set))?;
    }
    let fixes = if count == 1 { "fix" } else { "fixes" };
    context.ui.note(format_args!(
        "{count} {fixes} in {}",
        counted(set.changes.len(), "file")
    ));
    Ok(Outcome::Problems)
}
