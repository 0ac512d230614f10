//! `db migrate import`.

use clap::ValueEnum;

use crate::db::foreign::{self, Tool};
use crate::db::{folder, import};
use crate::failure::Result;

use super::super::changes::show_and_apply;
use super::super::{Context, Format};
use super::migrate::{Migrate, Place};
use super::run::{Direction, work};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Whose history; by default the one that there is.
    #[arg(long, value_name = "TOOL")]
    from: Option<From>,
    /// Only convert the files, and leave the database alone.
    #[arg(long)]
    files_only: bool,
    /// Show what would be converted and recorded, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum From {
    Dbmate,
    GolangMigrate,
    Goose,
    Refinery,
    Flyway,
    Supabase,
}

impl From {
    fn tool(self) -> Tool {
        match self {
            Self::Dbmate => Tool::Dbmate,
            Self::GolangMigrate => Tool::GolangMigrate,
            Self::Goose => Tool::Goose,
            Self::Refinery => Tool::Refinery,
            Self::Flyway => Tool::Flyway,
            Self::Supabase => Tool::Supabase,
        }
    }
}

pub(super) fn import(arguments: &Migrate, verb: &Arguments, context: &Context) -> Result<()> {
    let folder_of_files = Place::folder(arguments, context)?;
    let dry_run = arguments.dry_run || verb.dry_run;
    let entries = folder::entries(&folder_of_files)?.unwrap_or_default();
    let set = foreign::converted(&folder_of_files, &entries);
    if verb.files_only {
        return show_and_apply(context, &set, dry_run);
    }
    if !set.is_empty() {
        match context.format {
            Format::Human => show_and_apply(context, &set, dry_run)?,
            Format::Json if !dry_run => crate::io::files::apply(&set)?,
            Format::Json => {}
        }
        if dry_run {
            context
                .ui
                .note("the history can be looked at once the files are converted: see `--files-only`");
            return match context.format {
                Format::Human => Ok(()),
                Format::Json => show_and_apply(context, &set, true),
            };
        }
    }
    let tool = verb.from.map(From::tool);
    work(
        arguments,
        context,
        Direction::Import,
        dry_run,
        |request, observer| {
            let (tool, report) = context.block_on(import::import(request, tool, observer))?;
            context
                .ui
                .note(format_args!("the history is that of {}", tool.name()));
            Ok(report)
        },
    )
}
