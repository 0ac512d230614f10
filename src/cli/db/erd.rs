//! `db erd`.

use clap::ValueEnum;
use serde::Serialize;

use crate::db::erd::{self, Form, Shown};
use crate::failure::Result;

use super::super::changes::counted;
use super::super::{Context, Format, Outcome};
use super::live::Live;
use super::made::{Made, Target};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What to draw with.
    #[arg(long = "as", value_enum, value_name = "FORM", default_value = "mermaid")]
    form: FormName,
    #[command(flatten)]
    live: Live,
    #[command(flatten)]
    target: Target,
    /// Which columns to show; the page lists all of them below its drawing.
    #[arg(long, value_enum, value_name = "WHICH", default_value = "all")]
    columns: Columns,
    /// The title; by default the name of the database.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormName {
    /// `erDiagram`, which GitHub and GitLab draw in Markdown.
    Mermaid,
    /// Graphviz.
    Dot,
    /// One page with the drawing, which loads nothing.
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Columns {
    All,
    /// Those of primary and foreign keys.
    Keys,
}

/// Answer of `db erd --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Erd {
    schema_version: u32,
    /// `mermaid`, `dot` or `html`.
    form: &'static str,
    /// Tables and views.
    tables: usize,
    /// Foreign keys between them.
    references: usize,
    #[serde(flatten)]
    made: Made,
}

pub(super) fn erd(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let form = match arguments.form {
        FormName::Mermaid => Form::Mermaid,
        FormName::Dot => Form::Dot,
        FormName::Html => Form::Html,
    };
    let shown = match arguments.columns {
        Columns::All => Shown::All,
        Columns::Keys => Shown::Keys,
    };
    let schema = arguments.live.schema(context)?;
    let title = match &arguments.title {
        Some(title) => title.clone(),
        None => arguments.live.url(context)?.name(),
    };
    let drawing = erd::draw(&schema, &title, form, shown)?;
    let made = arguments.target.settle(drawing.text)?;
    let outcome = made.outcome();
    match context.format {
        Format::Human => {
            let what = format!(
                "{}, {}",
                counted(drawing.tables, "table"),
                counted(drawing.references, "reference")
            );
            Target::show(&made, context, &what)?;
        }
        Format::Json => context.ui.print_json(&Erd {
            schema_version: 1,
            form: form.name(),
            tables: drawing.tables,
            references: drawing.references,
            made,
        })?,
    }
    Ok(outcome)
}
