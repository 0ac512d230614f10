//! `init`: a new pack repository, or what one lacks.

use std::path::{Path, PathBuf};

use crate::changes::{Change, ChangeSet};
use crate::config;
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::scaffold;
use crate::skill::new::check_name;
use crate::text::slashed;

use super::changes::show_and_apply;
use super::{Context, Format, Outcome};

/// Where the template puts the schema that editors read, relative to the repository.
const SCHEMA: &str = ".packwright/packwright.schema.json";

/// `packwright init [DIR]`
#[derive(Debug, clap::Args)]
pub struct Init {
    /// The folder; this one by default.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Name of the repository and its first pack; the folder's name by default.
    #[arg(long)]
    name: Option<String>,
    /// One sentence on what it holds.
    #[arg(long, short, value_name = "TEXT")]
    description: Option<String>,
    /// Who maintains it.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub fn run(arguments: &Init, context: &Context) -> Result<Outcome> {
    let folder = arguments.folder.clone().unwrap_or_default();
    if files::exists(&folder.join(config::FILE_NAME)) {
        return Err(Failure::user(format!(
            "`{}` is there already",
            slashed(&folder.join(config::FILE_NAME))
        ))
        .hint("this is a pack repository; add to it with: packwright skill new NAME"));
    }
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => name_of(&folder, context),
    };
    check_name(&name).map_err(|failure| failure.hint("give another one with --name"))?;
    let owner = arguments.owner.clone().unwrap_or_else(|| {
        let user = ["GIT_AUTHOR_NAME", "USER", "USERNAME"]
            .iter()
            .find_map(|name| context.environment.get(name));
        user.unwrap_or("The maintainers").to_owned()
    });
    let set = plan(&folder, &name, arguments.description.as_deref(), &owner)?;
    if !arguments.dry_run {
        files::create_folder(if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &folder
        })?;
    }
    show_and_apply(context, &set, arguments.dry_run)?;
    if !arguments.dry_run && context.format == Format::Human {
        let into = if folder.as_os_str().is_empty() {
            String::new()
        } else {
            format!("cd {} && ", slashed(&folder))
        };
        context
            .ui
            .note(format_args!("next: {into}packwright skill new NAME"));
    }
    Ok(Outcome::Clean)
}

/// The folder's own name as a name in kebab case.
fn name_of(folder: &Path, context: &Context) -> String {
    let path = context.environment.folder.join(folder);
    let name = path
        .components()
        .next_back()
        .map(|part| part.as_os_str().to_string_lossy().to_lowercase());
    let name = name.unwrap_or_default();
    let words = name
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// The files of a new repository that are not there yet.
fn plan(folder: &Path, name: &str, description: Option<&str>, owner: &str) -> Result<ChangeSet> {
    let description = description.map_or_else(|| format!("Skills and agents of {name}."), str::to_owned);
    let mut set = ChangeSet::new(folder);
    let answers = [
        ("name", name),
        ("description", description.as_str()),
        ("owner", owner),
    ];
    scaffold::render(&mut set, &scaffold::builtin("pack"), Path::new(""), &answers)?;
    for change in &mut set.changes {
        if let Change::Create { path, .. } = change {
            // Templates carry no leading dots, so that they are seen.
            let shown = slashed(path);
            if ["gitignore", "github/", "pre-commit-config.yaml"]
                .iter()
                .any(|hidden| shown.starts_with(hidden))
            {
                *path = PathBuf::from(format!(".{shown}"));
            }
        }
    }
    let mut schema = serde_json::to_vec_pretty(&config::schema())
        .map_err(|error| Failure::internal("cannot write the schema of the settings").because(&error))?;
    schema.push(b'\n');
    set.create(SCHEMA, schema);
    for kept in ["skills", "agents"] {
        if !files::exists(&folder.join(kept)) {
            set.create(format!("{kept}/.gitkeep"), "");
        }
    }
    set.changes
        .retain(|change| !files::exists(&folder.join(change.path())));
    Ok(set)
}
