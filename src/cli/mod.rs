//! The command line: what is asked, which room answers, how it ends.

mod agent;
mod changes;
mod context;
mod db;
mod environment;
mod init;
mod jobs;
mod lint;
mod listing;
mod lsp;
mod marketplace;
mod model;
mod rag;
mod report;
mod settings;
mod shell;
mod skill;
mod tour;
mod ui;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use context::{Context, Outcome};
pub use environment::Environment;
pub use ui::{Color, Format, Ui};

use crate::failure::{Failure, Kind, Result};

/// Write skills and agents for coding agents, and look after the database that goes with them.
#[derive(Debug, Parser)]
#[command(name = "packwright", version = env!("PACKWRIGHT_VERSION"), max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,

    /// What to print on stdout: human or json; commands that check also sarif, github, gitlab or junit.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    format: report::Format,

    /// When to colour the output.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,

    /// Say less: no status, no progress, no questions.
    #[arg(long, short, global = true)]
    quiet: bool,

    /// The settings file, instead of the nearest `packwright.toml` upwards.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a pack repository: settings, folders, CI workflow, pre-commit hook.
    Init(init::Init),
    /// Write, check and link skills.
    #[command(subcommand)]
    Skill(skill::Command),
    /// Write and check subagent definitions.
    #[command(subcommand)]
    Agent(agent::Command),
    /// Check everything there is a rule for.
    Lint(lint::LintArguments),
    /// List the rules.
    Rules,
    /// Serve editors: findings as you type, over stdin and stdout.
    Lsp(lsp::Lsp),
    /// Migrate the database, back it up, restore it.
    #[command(subcommand)]
    Db(db::Command),
    /// List and fetch the local models.
    #[command(subcommand)]
    Model(model::Command),
    /// Ingest documents, search them, measure retrieval.
    #[command(subcommand)]
    Rag(rag::Command),
    /// Run work from a durable queue: enqueue it, work it off, look after it.
    #[command(subcommand)]
    Jobs(jobs::Command),
    /// Publish packs of skills and agents, and install them.
    #[command(subcommand)]
    Marketplace(marketplace::Command),
    /// The whole job end to end in a scratch folder, printing each command.
    Tour(tour::Tour),
    /// Show and check the settings.
    #[command(subcommand)]
    Config(settings::Command),
    /// Print the completion script for a shell.
    Completions(shell::Completions),
    /// Print the manual page, or write one for every command to a folder.
    Man(shell::Man),
}

impl Command {
    /// The arguments of a command that checks.
    fn lint(&self) -> Option<&lint::LintArguments> {
        match self {
            Self::Lint(arguments)
            | Self::Skill(skill::Command::Lint(arguments))
            | Self::Agent(agent::Command::Lint(arguments))
            | Self::Marketplace(marketplace::Command::Lint(arguments)) => Some(arguments),
            _ => None,
        }
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = arguments();
    let environment = match Environment::read() {
        Ok(environment) => environment,
        Err(failure) => return report_without_terminal(&failure),
    };
    let matches = match Cli::command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return usage(&error),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let ui = Arc::new(Ui::new(cli.color, cli.quiet, &environment));
    let format = match plain_format(&cli, &matches) {
        Ok(format) => format,
        Err(failure) => return exit_code(Err(failure), &ui),
    };
    let context = Context::new(environment, ui, format, cli.format, cli.config);
    let result = dispatch(cli.command, &context).and_then(|outcome| context.ui.flush().map(|()| outcome));
    exit_code(result, &context.ui)
}

/// The format of answers that are no findings. A format that only findings have is refused where the answer is another one.
fn plain_format(cli: &Cli, matches: &clap::ArgMatches) -> Result<Format> {
    let mut named = Vec::new();
    let mut inner = matches;
    while let Some((name, deeper)) = inner.subcommand() {
        named.push(name);
        inner = deeper;
    }
    match (cli.format.of_any_answer(), cli.command.lint()) {
        (Some(format), _) => Ok(format),
        (None, Some(arguments)) if arguments.other_answer().is_none() => Ok(Format::Human),
        (None, arguments) => {
            let format = cli.format.name();
            named.extend(arguments.and_then(lint::LintArguments::other_answer));
            Err(Failure::user(format!(
                "`{}` prints human or json, not {format}",
                named.join(" ")
            ))
            .hint(format!(
                "findings have more formats: packwright lint --format {format}"
            )))
        }
    }
}

fn dispatch(command: Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::Init(arguments) => init::run(&arguments, context),
        Command::Skill(command) => skill::run(&command, context),
        Command::Agent(command) => agent::run(&command, context),
        Command::Lint(arguments) => lint::run(&arguments, crate::workspace::Scope::Everything, context),
        Command::Rules => lint::list(context),
        Command::Lsp(arguments) => Ok(lsp::run(&arguments, context)),
        Command::Marketplace(command) => marketplace::run(&command, context),
        Command::Db(command) => db::run(&command, context),
        Command::Tour(arguments) => tour::run(&arguments, context),
        Command::Rag(command) => rag::run(&command, context),
        Command::Jobs(command) => jobs::run(&command, context),
        Command::Model(command) => model::run(&command, context),
        Command::Config(command) => settings::run(&command, context),
        Command::Completions(arguments) => shell::completions(&arguments, context),
        Command::Man(arguments) => shell::man(&arguments, context),
    }
}

fn exit_code(result: Result<Outcome>, ui: &Ui) -> ExitCode {
    match result {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Problems) => ExitCode::from(1),
        Err(failure) => {
            // What was printed before the failure still belongs to the reader.
            let _ = ui.flush();
            match failure.kind {
                Kind::ClosedPipe => ExitCode::SUCCESS,
                Kind::Interrupted => {
                    ui.fail(&failure);
                    ExitCode::from(130)
                }
                Kind::User | Kind::Config | Kind::Internal => {
                    ui.fail(&failure);
                    ExitCode::from(2)
                }
            }
        }
    }
}

/// Help and version are data; everything else clap says is a usage error.
fn usage(error: &clap::Error) -> ExitCode {
    let printed = error.print();
    match (error.exit_code(), printed) {
        (0, _) => ExitCode::SUCCESS,
        _ => ExitCode::from(2),
    }
}

#[expect(clippy::disallowed_methods, reason = "arguments are part of the environment")]
fn arguments() -> Vec<OsString> {
    std::env::args_os().collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "there is no terminal to speak through yet"
)]
fn report_without_terminal(failure: &Failure) -> ExitCode {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "error: {failure}");
    ExitCode::from(2)
}

/// The whole command tree, for completions, manual pages and tests.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Findings in every format that checking commands print, by the format's name; for tests. `folder` is the working folder, absolute.
pub fn reports(linted: &crate::lint::Linted, folder: &std::path::Path) -> Vec<(&'static str, String)> {
    report::in_every_format(linted, folder)
}

/// The pages of `docs/rules/`: file name and Markdown.
pub fn rule_pages() -> Vec<(String, String)> {
    lint::pages()
}

/// The shapes of what is printed with `--format json`, and of the settings: file name and JSON Schema.
pub fn schemas() -> Vec<(String, schemars::Schema)> {
    use schemars::schema_for;
    let named = [
        ("packwright.json", crate::config::schema()),
        ("changes.json", schema_for!(changes::Changes)),
        ("config-check.json", schema_for!(settings::Checked)),
        ("db-backup.json", schema_for!(db::backup::BackedUp)),
        ("db-restore.json", schema_for!(db::restore::RestoredAnswer)),
        (
            "db-verify-backup.json",
            schema_for!(db::verify_backup::VerifiedBackups),
        ),
        ("db-migrate.json", schema_for!(db::answer::Migrated)),
        ("db-migrate-status.json", schema_for!(db::answer::Status)),
        ("db-copy.json", schema_for!(db::copy::Copy)),
        ("db-erd.json", schema_for!(db::erd::Erd)),
        ("db-types.json", schema_for!(db::types::Types)),
        ("db-history.json", schema_for!(db::history::History)),
        ("db-migrate-repair.json", schema_for!(db::repair::Repaired)),
        ("db-migrate-plan.json", schema_for!(db::plan_answer::Plan)),
        ("db-migrate-verify.json", schema_for!(db::answer::Verified)),
        ("db-recipe-list.json", schema_for!(db::recipe::Recipes)),
        ("db-recipe-show.json", schema_for!(db::recipe::Shown)),
        ("db-seed.json", schema_for!(db::seed::Seeded)),
        ("findings.json", schema_for!(report::Findings)),
        ("jobs-bench.json", schema_for!(jobs::bench::Answer)),
        ("jobs-enqueue.json", schema_for!(jobs::answer::Enqueued)),
        ("jobs-list.json", schema_for!(jobs::answer::Listed)),
        ("jobs-retry.json", schema_for!(jobs::answer::Retried)),
        ("jobs-schedule-list.json", schema_for!(jobs::schedule::Listed)),
        ("jobs-schedule.json", schema_for!(jobs::schedule::Changed)),
        ("jobs-show.json", schema_for!(jobs::answer::ShownJob)),
        ("jobs-work.json", schema_for!(jobs::work::Answer)),
        ("lint-consumers.json", schema_for!(lint::Consumers)),
        ("statistics.json", schema_for!(report::Statistics)),
        (
            "marketplace-install.json",
            schema_for!(marketplace::InstallAnswer),
        ),
        (
            "marketplace-publish.json",
            schema_for!(marketplace::PublishAnswer),
        ),
        ("model-list.json", schema_for!(model::Models)),
        ("model-pull.json", schema_for!(model::PullAnswer)),
        ("rag-eval.json", schema_for!(rag::eval::Answer)),
        ("rag-ingest.json", schema_for!(rag::ingest::Answer)),
        ("rag-search.json", schema_for!(rag::search::Answer)),
        ("rules.json", schema_for!(lint::Rules)),
        ("skill-link-check.json", schema_for!(skill::Links)),
        ("skill-link-list.json", schema_for!(skill::Clients)),
        ("skill-listing.json", schema_for!(listing::Listings)),
        ("tour.json", schema_for!(tour::Told)),
    ];
    named.map(|(name, schema)| (name.to_owned(), schema)).into()
}
