//! `marketplace init`, `build`, `lint`, `publish`, `install`.

mod install;
mod publish;

pub use install::InstallAnswer;
pub use publish::PublishAnswer;

use clap::Subcommand;

use crate::failure::{Failure, Result};
use crate::io::files;
use crate::marketplace::{build, init};
use crate::workspace::Scope;

use super::changes::show_and_apply;
use super::lint::{self, LintArguments};
use super::{Context, Format, Outcome};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Describe a marketplace and its first pack in `packwright.toml`.
    Init(Init),
    /// Write the manifests that clients read from `packwright.toml`.
    Build(Build),
    /// Check the manifests of marketplaces and plugins, and files of hooks.
    Lint(LintArguments),
    /// Publish packs to a git repository or a folder.
    Publish(publish::Publish),
    /// Install packs from a git repository or a folder.
    Install(install::Install),
}

/// `packwright marketplace init`
#[derive(Debug, clap::Args)]
pub struct Init {
    /// Name of the marketplace and of its first pack; by default that of the folder.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Who maintains it; by default the name git has.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Address of the owner.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// One sentence for people who browse.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// `packwright marketplace build`
#[derive(Debug, clap::Args)]
pub struct Build {
    /// Write nothing; end with 1 when a manifest is stale.
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub fn run(command: &Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::Init(arguments) => init_marketplace(arguments, context),
        Command::Build(arguments) => build_manifests(arguments, context),
        Command::Lint(arguments) => lint::run(arguments, Scope::Manifests, context),
        Command::Publish(arguments) => publish::run(arguments, context),
        Command::Install(arguments) => install::run(arguments, context),
    }
}

fn init_marketplace(arguments: &Init, context: &Context) -> Result<Outcome> {
    let project = context.project()?;
    let folder = context.environment.folder.join(&project.root);
    let own_name = || {
        let folder = files::canonical(&folder).unwrap_or(folder.clone());
        folder
            .file_name()
            .map(|name| init::name_from(&name.to_string_lossy()))
            .unwrap_or_default()
    };
    let described = project.settings.marketplace.as_ref();
    let name = match (&arguments.name, described) {
        (Some(name), _) => name.clone(),
        (None, Some(marketplace)) => marketplace.name.clone(),
        (None, None) => own_name(),
    };
    let git = init::identity(&project.root);
    let (owner, email) = match (&arguments.owner, described, git) {
        (Some(owner), _, _) => (owner.clone(), None),
        (None, Some(marketplace), _) => (marketplace.owner.name.clone(), None),
        (None, None, Some((name, email))) => (name, Some(email)),
        (None, None, None) => {
            let asked = context.ui.ask("Who maintains it?")?;
            let owner = asked.filter(|owner| !owner.is_empty()).ok_or_else(|| {
                Failure::user("a marketplace needs an owner").hint("say who with `--owner NAME`")
            })?;
            (owner, None)
        }
    };
    let answers = init::Answers {
        description: arguments
            .description
            .clone()
            .unwrap_or_else(|| init::description_of(&name)),
        name,
        owner,
        email: arguments.email.clone().or(email),
    };
    let set = init::plan(&project.root, &project.settings, &answers)?;
    show_and_apply(context, &set, arguments.dry_run)?;
    if !arguments.dry_run && context.format == Format::Human {
        context.ui.note("look at it, then: packwright marketplace build");
    }
    Ok(Outcome::Clean)
}

fn build_manifests(arguments: &Build, context: &Context) -> Result<Outcome> {
    let project = context.project()?;
    let set = build::plan(&project.root, &project.settings)?;
    show_and_apply(context, &set, arguments.dry_run || arguments.check)?;
    if arguments.check && !set.is_empty() {
        context
            .ui
            .note("the manifests are stale: packwright marketplace build");
        return Ok(Outcome::Problems);
    }
    if set.is_empty() && context.format == Format::Human {
        context.ui.note("the manifests say what `packwright.toml` says");
    }
    Ok(Outcome::Clean)
}

/// Runs work that does not wait on the runtime's own threads, so that Ctrl-C is heard meanwhile.
fn interruptible<T: Send + 'static>(
    context: &Context,
    label: &str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let progress = context.ui.progress(label, None);
    let result = context.block_on(async {
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Failure::internal("the work broke off").because(&error))?
    });
    drop(progress);
    result.map_err(|failure| match failure.kind {
        crate::failure::Kind::Interrupted => {
            failure.hint("run the command again: it goes on from what is there")
        }
        _ => failure,
    })
}
