//! `completions` and `man`: what the shell wants to know of the command tree.

use std::path::PathBuf;

use crate::changes::ChangeSet;
use crate::failure::{Failure, Result};
use crate::io::files;

use super::{Context, Outcome, command};

/// `packwright completions SHELL`
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell to complete in.
    shell: clap_complete::Shell,
}

/// `packwright man [--to FOLDER]`
#[derive(Debug, clap::Args)]
pub struct Man {
    /// Write a page for every command into this folder instead of printing the main one.
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
}

pub fn completions(arguments: &Completions, context: &Context) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command(), "packwright", &mut script);
    context.ui.print(String::from_utf8_lossy(&script).trim_end())?;
    Ok(Outcome::Clean)
}

pub fn man(arguments: &Man, context: &Context) -> Result<Outcome> {
    let Some(folder) = &arguments.to else {
        context
            .ui
            .print(String::from_utf8_lossy(&page(&command())?).trim_end())?;
        return Ok(Outcome::Clean);
    };
    let mut set = ChangeSet::new(folder);
    collect_pages(&command(), "packwright", &mut set)?;
    files::create_folder(folder)?;
    files::apply(&set)?;
    context.ui.status(
        "wrote",
        format_args!("{} pages to {}", set.changes.len(), folder.display()),
    );
    Ok(Outcome::Clean)
}

fn collect_pages(command: &clap::Command, name: &str, set: &mut ChangeSet) -> Result<()> {
    let named = command.clone().name(name.to_owned());
    set.create(format!("{name}.1"), page(&named)?);
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        collect_pages(inner, &format!("{name}-{}", inner.get_name()), set)?;
    }
    Ok(())
}

fn page(command: &clap::Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(|error| Failure::internal("cannot write the manual page").because(&error))?;
    Ok(page)
}
