//! `agent new`, `agent lint`.

use std::path::PathBuf;

use clap::Subcommand;

use crate::agent::new;
use crate::failure::{Failure, Result};
use crate::text::slashed;
use crate::workspace::Scope;

use super::changes::show_and_apply;
use super::lint::{self, LintArguments};
use super::{Context, Format, Outcome};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a subagent definition from a template.
    New(New),
    /// Check subagent definitions.
    Lint(LintArguments),
}

/// `packwright agent new NAME`
#[derive(Debug, clap::Args)]
pub struct New {
    /// Name of the agent: lowercase letters, digits and hyphens. Asked for on a terminal.
    name: Option<String>,
    /// Template: basic, or one of your own.
    #[arg(long, short, default_value = "basic", value_name = "NAME")]
    template: String,
    /// What the agent does and when to hand it a task.
    #[arg(long, short, value_name = "TEXT")]
    description: Option<String>,
    /// Folder of your own templates, laid out as the built-in ones: `agent/<name>/…`.
    #[arg(long, value_name = "FOLDER")]
    templates: Option<PathBuf>,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub fn run(command: &Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::New(arguments) => new_agent(arguments, context),
        Command::Lint(arguments) => lint::run(arguments, Scope::Agents, context),
    }
}

fn new_agent(arguments: &New, context: &Context) -> Result<Outcome> {
    let project = context.project()?;
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => context.ui.ask("Name of the agent:")?.ok_or_else(|| {
            Failure::user("the name of the agent is missing")
                .hint("packwright agent new NAME [--description TEXT]")
        })?,
    };
    let own = project
        .settings
        .scaffold
        .templates
        .as_ref()
        .map(|folder| project.path(folder));
    let set = new::plan(&new::Request {
        name: name.clone(),
        description: arguments.description.clone(),
        template: arguments.template.clone(),
        root: project.root.clone(),
        templates: arguments.templates.clone().or(own),
    })?;
    show_and_apply(context, &set, arguments.dry_run)?;
    if !arguments.dry_run && context.format == Format::Human {
        let path = slashed(&project.path(format!("agents/{name}.md")));
        context
            .ui
            .note(format_args!("edit {path}, then: packwright agent lint {path}"));
    }
    Ok(Outcome::Clean)
}
