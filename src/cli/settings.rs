//! `config`: which settings hold, whether the file is right, and its schema for editors.

use clap::Subcommand;
use serde::Serialize;

use crate::config;
use crate::failure::{Failure, Result};
use crate::text::slashed;

use super::{Context, Format, Outcome};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the settings in force: the file over the defaults.
    Show,
    /// Check `packwright.toml` and say where it is.
    Check,
    /// Print the JSON Schema of `packwright.toml`.
    Schema,
}

/// Answer of `config check --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Checked {
    schema_version: u32,
    /// The file that was read; null when there is none and the defaults hold.
    file: Option<String>,
}

pub fn run(command: &Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::Show => show(context)?,
        Command::Check => check(context)?,
        Command::Schema => context.ui.print_json(&config::schema())?,
    }
    Ok(Outcome::Clean)
}

fn show(context: &Context) -> Result<()> {
    let settings = &context.project()?.settings;
    match context.format {
        Format::Json => context.ui.print_json(settings),
        Format::Human => {
            let text = toml::to_string_pretty(settings)
                .map_err(|error| Failure::internal("cannot write the settings").because(&error))?;
            context.ui.print(text.trim_end())
        }
    }
}

fn check(context: &Context) -> Result<()> {
    let project = context.project()?;
    let file = project
        .configured
        .then(|| slashed(&project.path(config::FILE_NAME)));
    match (context.format, &file) {
        (Format::Json, _) => context.ui.print_json(&Checked {
            schema_version: 1,
            file,
        }),
        (Format::Human, Some(file)) => context.ui.print(format_args!("{file}: ok")),
        (Format::Human, None) => context
            .ui
            .print("no packwright.toml here or above: the defaults hold"),
    }
}
