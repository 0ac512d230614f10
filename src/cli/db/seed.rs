//! `db seed`: which files into which database, and what came of it.

use std::path::PathBuf;

use serde::Serialize;

use crate::db::seed::{self, Filled, Request, source};
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::text::{printable, slashed};

use super::super::changes::counted;
use super::super::ui::{DIM, GOOD, styled};
use super::super::{Context, Format};
use super::answer::milliseconds;
use super::{environment, time, url_of};

/// `packwright db seed`
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files (`.yaml`, `.yml`, `.json`, `.csv`) or folders of them; by default the folder of the settings, `seeds`.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Fill this table only.
    #[arg(long, value_name = "TABLE")]
    only: Vec<String>,
    /// The unique key that tells rows of a table apart, by its name or its columns: `users=email`.
    #[arg(long, value_name = "TABLE=KEY")]
    key: Vec<String>,
    /// The database: `sqlite:path` or `postgres://…`; by default `DATABASE_URL`, then the settings.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// A database of the settings: the one under `[env.NAME]`.
    #[arg(long, value_name = "NAME", conflicts_with = "database_url")]
    env: Option<String>,
    /// The name of a protected environment, typed once more, so that scripts may change it.
    #[arg(long, value_name = "NAME", requires = "env")]
    confirm: Option<String>,
    /// Do it, count it, and roll it back.
    #[arg(long)]
    dry_run: bool,
}

/// Answer of `db seed --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Seeded {
    schema_version: u32,
    url: String,
    /// True with `--dry-run`: everything was rolled back.
    dry_run: bool,
    /// In the order in which they were filled.
    tables: Vec<SeededTable>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct SeededTable {
    table: String,
    files: Vec<String>,
    /// The columns that told the rows apart.
    key: Vec<String>,
    /// Rows in the files: the sum of the three that follow.
    rows: u64,
    inserted: u64,
    updated: u64,
    unchanged: u64,
    milliseconds: f64,
}

pub(super) fn seed(arguments: &Arguments, context: &Context) -> Result<()> {
    let url = url_of(
        arguments.env.as_deref(),
        arguments.database_url.as_deref(),
        context,
    )?;
    let parts = parts(arguments, context)?;
    let keys = arguments
        .key
        .iter()
        .map(|text| match text.split_once('=') {
            Some((table, key)) if !table.is_empty() && !key.is_empty() => {
                Ok((table.to_owned(), key.to_owned()))
            }
            _ => Err(Failure::user(format!("`--key {text}` says nothing"))
                .hint("write `--key TABLE=COLUMN,COLUMN`")),
        })
        .collect::<Result<Vec<_>>>()?;
    let protected =
        environment::named(arguments.env.as_deref(), context)?.and_then(environment::Named::protected);
    if let (Some(name), false) = (&protected, arguments.dry_run) {
        environment::ask_leave(name, arguments.confirm.as_deref(), context)?;
    }
    let request = Request {
        url: &url,
        parts,
        only: &arguments.only,
        keys: &keys,
        dry_run: arguments.dry_run,
    };
    let bar = context.ui.progress("seeding", None);
    let filled = context.block_on(seed::seed(request, &mut |table, place, total| {
        bar.total(total as u64);
        bar.set(place as u64);
        bar.message(table);
    }))?;
    drop(bar);
    match context.format {
        Format::Json => context.ui.print_json(&Seeded {
            schema_version: 1,
            url: url.to_string(),
            dry_run: arguments.dry_run,
            tables: filled.into_iter().map(seeded).collect(),
        }),
        Format::Human => {
            for one in &filled {
                context.ui.print(line(one))?;
            }
            if arguments.dry_run {
                context.ui.note("dry run: everything was rolled back");
            } else {
                let rows: u64 = filled.iter().map(|one| one.inserted + one.updated).sum();
                let rows = counted(usize::try_from(rows).unwrap_or(usize::MAX), "row");
                let text = format!("{url}: {rows} changed in {}", counted(filled.len(), "table"));
                context.ui.status("seeded", printable(&text));
            }
            Ok(())
        }
    }
}

fn parts(arguments: &Arguments, context: &Context) -> Result<Vec<source::Part>> {
    let mut paths = Vec::new();
    if arguments.files.is_empty() {
        let project = context.project()?;
        let folder = project.path(&project.settings.database.seeds);
        if !files::is_folder(&folder) {
            return Err(
                Failure::user(format!("there are no seeds: `{}` is not there", slashed(&folder)))
                    .hint(
                        "put files there, for example `users.csv`, or name them: `packwright db seed FILE…`",
                    )
                    .hint("or say where they are with `seeds` under `[database]` in packwright.toml"),
            );
        }
        paths.extend(source::in_folder(&folder));
        if paths.is_empty() {
            return Err(Failure::user(format!("`{}` holds no seeds", slashed(&folder)))
                .hint("rows are read from `.yaml`, `.yml`, `.json` and `.csv`"));
        }
    }
    for path in &arguments.files {
        if files::is_folder(path) {
            let inside = source::in_folder(path);
            if inside.is_empty() {
                return Err(Failure::user(format!("`{}` holds no seeds", slashed(path)))
                    .hint("rows are read from `.yaml`, `.yml`, `.json` and `.csv`"));
            }
            paths.extend(inside);
        } else {
            paths.push(path.clone());
        }
    }
    let mut parts = Vec::new();
    for path in paths {
        parts.extend(source::read(&path)?);
    }
    Ok(parts)
}

fn seeded(one: Filled) -> SeededTable {
    SeededTable {
        unchanged: one.unchanged(),
        table: one.table,
        files: one.files,
        key: one.key,
        rows: one.rows,
        inserted: one.inserted,
        updated: one.updated,
        milliseconds: milliseconds(one.took),
    }
}

/// `users  3 rows: 1 inserted, 0 updated, 2 unchanged  12 ms`
fn line(one: &Filled) -> String {
    format!(
        "{}  {}: {} inserted, {} updated, {} unchanged  {}",
        styled(GOOD, printable(&one.table)),
        counted(usize::try_from(one.rows).unwrap_or(usize::MAX), "row"),
        one.inserted,
        one.updated,
        one.unchanged(),
        styled(DIM, time(one.took))
    )
}
