//! `db types`.

use clap::ValueEnum;
use serde::Serialize;

use crate::db::types::{self, Classes, Dates, Options};
use crate::failure::{Failure, Result};

use super::super::changes::counted;
use super::super::{Context, Format, Outcome};
use super::live::Live;
use super::made::{Made, Target};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The language.
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    lang: Language,
    #[command(flatten)]
    live: Live,
    #[command(flatten)]
    target: Target,
    /// Rust: derive `sqlx::FromRow` and `sqlx::Type`.
    #[arg(long)]
    sqlx: bool,
    /// Rust: the crate of dates and times; `text` needs none.
    #[arg(long, value_enum, value_name = "CRATE", default_value = "chrono")]
    dates: RustDates,
    /// Rust: UUIDs and decimals as texts, without the crates `uuid` and `rust_decimal`.
    #[arg(long)]
    plain: bool,
    /// Python: what the classes are.
    #[arg(long, value_enum, value_name = "KIND", default_value = "dataclass")]
    classes: PythonClasses,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    /// `Database["public"]["Tables"]["users"]["Row"]`, as `supabase-js` takes it.
    #[value(alias = "ts")]
    Typescript,
    Rust,
    Python,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RustDates {
    Chrono,
    Jiff,
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PythonClasses {
    Dataclass,
    Pydantic,
}

/// Answer of `db types --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Types {
    schema_version: u32,
    /// `typescript`, `rust` or `python`.
    language: &'static str,
    /// Tables and views.
    relations: usize,
    /// Enums, domains and composite types.
    named: usize,
    #[serde(flatten)]
    made: Made,
}

pub(super) fn types(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let options = options(arguments)?;
    let schema = arguments.live.schema(context)?;
    let code = types::write(&schema, &options);
    let made = arguments.target.settle(code.text)?;
    let outcome = made.outcome();
    match context.format {
        Format::Human => {
            let what = format!(
                "{}, {}",
                counted(code.relations, "table or view").replace("table or views", "tables and views"),
                counted(code.types, "type")
            );
            Target::show(&made, context, &what)?;
        }
        Format::Json => context.ui.print_json(&Types {
            schema_version: 1,
            language: options.language.name(),
            relations: code.relations,
            named: code.types,
            made,
        })?,
    }
    Ok(outcome)
}

fn options(arguments: &Arguments) -> Result<Options> {
    let language = match arguments.lang {
        Language::Typescript => types::Language::TypeScript,
        Language::Rust => types::Language::Rust,
        Language::Python => types::Language::Python,
    };
    let stray = [
        (arguments.sqlx, "--sqlx", Language::Rust),
        (arguments.plain, "--plain", Language::Rust),
        (arguments.dates != RustDates::Chrono, "--dates", Language::Rust),
        (
            arguments.classes != PythonClasses::Dataclass,
            "--classes",
            Language::Python,
        ),
    ];
    if let Some((_, flag, _)) = stray
        .iter()
        .find(|(given, _, of)| *given && *of != arguments.lang)
    {
        return Err(
            Failure::user(format!("`{flag}` says nothing about {}", language.name()))
                .hint("`--sqlx`, `--dates` and `--plain` are for Rust, `--classes` for Python"),
        );
    }
    if arguments.sqlx && arguments.dates == RustDates::Jiff {
        return Err(Failure::user("sqlx does not read the types of jiff")
            .hint("use `--dates chrono`, or leave `--sqlx` out"));
    }
    let mut command_line = format!("--lang {}", language.name());
    for (given, flag) in [(arguments.sqlx, " --sqlx"), (arguments.plain, " --plain")] {
        if given {
            command_line.push_str(flag);
        }
    }
    let dates = match arguments.dates {
        RustDates::Chrono => Dates::Chrono,
        RustDates::Jiff => Dates::Jiff,
        RustDates::Text => Dates::Text,
    };
    match dates {
        Dates::Chrono => {}
        Dates::Jiff => command_line.push_str(" --dates jiff"),
        Dates::Text => command_line.push_str(" --dates text"),
    }
    let classes = match arguments.classes {
        PythonClasses::Dataclass => Classes::Dataclass,
        PythonClasses::Pydantic => {
            command_line.push_str(" --classes pydantic");
            Classes::Pydantic
        }
    };
    command_line.push_str(&arguments.live.selection_given());
    Ok(Options {
        language,
        dates,
        plain: arguments.plain,
        sqlx: arguments.sqlx,
        classes,
        command_line,
    })
}
