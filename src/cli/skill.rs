//! `skill new`, `skill lint`, `skill link`.

use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;

use crate::failure::{Failure, Result};
use crate::io::files;
use crate::skill::{self, Skill, clients, link, new};
use crate::text::{nearest, slashed};
use crate::workspace::Scope;

use super::changes::{self, show_and_apply};
use super::lint::{self, LintArguments};
use super::listing::{self, Listing};
use super::{Context, Format, Outcome};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a skill from a template.
    New(New),
    /// Check skills: front matter, name, description, links, size.
    Lint(LintArguments),
    /// Show what clients list of the skills, and whose description is cut or dropped.
    Listing(Listing),
    /// Put a skill into the folders where clients look for it.
    Link(Link),
}

/// `packwright skill new NAME`
#[derive(Debug, clap::Args)]
pub struct New {
    /// Name of the skill: lowercase letters, digits and hyphens. Asked for on a terminal.
    name: Option<String>,
    /// Template: basic, reference, script, expert, or one of your own.
    #[arg(long, short, default_value = "basic", value_name = "NAME")]
    template: String,
    /// What the skill does and when to use it.
    #[arg(long, short, value_name = "TEXT")]
    description: Option<String>,
    /// Agent of this repository that shall know the skill.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// Folder of your own templates, laid out as the built-in ones: `skill/<name>/…`.
    #[arg(long, value_name = "FOLDER")]
    templates: Option<PathBuf>,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// `packwright skill link NAME…`
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Link {
    /// Names or folders of skills.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Clients to link to, separated by commas; by default those of the settings, or those whose folder is there.
    #[arg(long, value_delimiter = ',', value_name = "CLIENT")]
    to: Vec<String>,
    /// Link into the home folder, for all projects.
    #[arg(long)]
    global: bool,
    /// Copy the files instead of linking to them.
    #[arg(long, conflicts_with_all = ["check", "remove"])]
    copy: bool,
    /// Check that what was linked is still as it was made.
    #[arg(long, conflicts_with = "remove")]
    check: bool,
    /// Take back what was linked.
    #[arg(long)]
    remove: bool,
    /// List the clients and their folders.
    #[arg(long, conflicts_with_all = ["names", "to", "global", "copy", "check", "remove", "dry_run"])]
    list: bool,
    /// Show what would change and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Answer of `skill link --check --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Links {
    schema_version: u32,
    /// Links and copies that were looked at.
    checked: usize,
    faults: Vec<LinkFault>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct LinkFault {
    skill: String,
    path: String,
    message: String,
}

pub fn run(command: &Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::New(arguments) => new_skill(arguments, context),
        Command::Lint(arguments) => lint::run(arguments, Scope::Skills, context),
        Command::Listing(arguments) => listing::run(arguments, context),
        Command::Link(arguments) => link(arguments, context),
    }
}

fn new_skill(arguments: &New, context: &Context) -> Result<Outcome> {
    let project = context.project()?;
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => context.ui.ask("Name of the skill:")?.ok_or_else(|| {
            Failure::user("the name of the skill is missing")
                .hint("packwright skill new NAME [--description TEXT]")
        })?,
    };
    new::check_name(&name)?;
    let description = match (&arguments.description, &arguments.name) {
        (None, None) => context
            .ui
            .ask("What does it do, and when should it be used?")?
            .filter(|text| !text.is_empty()),
        (given, _) => given.clone(),
    };
    let own = project
        .settings
        .scaffold
        .templates
        .as_ref()
        .map(|folder| project.path(folder));
    let set = new::plan(&new::Request {
        name: name.clone(),
        description,
        template: arguments.template.clone(),
        agent: arguments.agent.clone(),
        root: project.root.clone(),
        templates: arguments.templates.clone().or(own),
    })?;
    show_and_apply(context, &set, arguments.dry_run)?;
    if !arguments.dry_run && context.format == Format::Human {
        let folder = slashed(&project.path(format!("skills/{name}")));
        context.ui.note(format_args!(
            "edit {folder}/SKILL.md, then: packwright skill lint {folder}"
        ));
    }
    Ok(Outcome::Clean)
}

fn link(arguments: &Link, context: &Context) -> Result<Outcome> {
    if arguments.list {
        return list_clients(context);
    }
    let project = context.project()?;
    let place = link::Place {
        root: if arguments.global {
            context.environment.home()?
        } else {
            project.root.clone()
        },
        global: arguments.global,
        folders: project.settings.link.folders.clone(),
    };
    if arguments.check {
        return check_links(&place, &arguments.names, context);
    }
    if arguments.names.is_empty() {
        return Err(
            Failure::user("no skill is named").hint("packwright skill link NAME… [--to claude-code,codex]")
        );
    }
    let plan = if arguments.remove {
        link::plan_removal(&place, &arguments.names, &arguments.to)?
    } else {
        let subjects = subjects(&arguments.names, context)?;
        let clients = match (&arguments.to, &project.settings.link.to) {
            (given, _) if !given.is_empty() => given.clone(),
            (_, settings) if !settings.is_empty() => settings.clone(),
            _ => place.detect(),
        };
        link::plan(&place, &subjects, &clients, arguments.copy)?
    };
    for path in &plan.unchanged {
        context.ui.status("unchanged", path);
    }
    for (path, reason) in &plan.kept {
        context.ui.warn(format_args!("`{path}` is left alone: {reason}"));
    }
    show_and_apply(context, &plan.changes, arguments.dry_run)?;
    Ok(Outcome::Clean)
}

/// Skills by name or folder.
fn subjects(names: &[String], context: &Context) -> Result<Vec<link::Subject>> {
    let project = context.project()?;
    let mut known: Option<Vec<link::Subject>> = None;
    let mut found = Vec::new();
    for name in names {
        if name.contains('/') || files::exists(&PathBuf::from(name).join(skill::FILE_NAME)) {
            found.extend(skills_below(&[PathBuf::from(name)])?);
            continue;
        }
        if known.is_none() {
            known = Some(skills_below(std::slice::from_ref(&project.root))?);
        }
        let known = known.as_deref().unwrap_or_default();
        let Some(subject) = known.iter().find(|subject| subject.name == *name) else {
            let names = known.iter().map(|subject| subject.name.as_str());
            let failure = Failure::user(format!("there is no skill `{name}` in this repository"));
            return Err(match nearest(name, names) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint("name a skill below this folder, or give the path of its folder"),
            });
        };
        found.push(subject.clone());
    }
    for subject in &found {
        new::check_name(&subject.name)?;
    }
    Ok(found)
}

fn skills_below(paths: &[PathBuf]) -> Result<Vec<link::Subject>> {
    let bundles = skill::find(paths)?;
    let skills = bundles
        .into_iter()
        .filter(|bundle| bundle.text.is_ok())
        .map(|bundle| {
            let folder = if bundle.folder.is_empty() {
                PathBuf::from(".")
            } else {
                PathBuf::from(&bundle.folder)
            };
            link::Subject {
                name: Skill::read(bundle).name().to_owned(),
                folder,
            }
        });
    let mut skills: Vec<link::Subject> = skills.collect();
    // Links and copies in clients' folders carry the same names: the skill itself comes first.
    skills.sort_by_key(|skill| {
        slashed(&skill.folder)
            .split('/')
            .any(|part| part.starts_with('.') && part.len() > 2)
    });
    Ok(skills)
}

fn check_links(place: &link::Place, names: &[String], context: &Context) -> Result<Outcome> {
    let (checked, faults) = link::check(place, names)?;
    let is_clean = faults.is_empty();
    match context.format {
        Format::Json => context.ui.print_json(&Links {
            schema_version: 1,
            checked,
            faults: faults
                .into_iter()
                .map(|fault| LinkFault {
                    skill: fault.skill,
                    path: fault.path,
                    message: fault.message,
                })
                .collect(),
        })?,
        Format::Human => {
            for fault in &faults {
                context
                    .ui
                    .print(format_args!("{} {}", fault.path, fault.message))?;
            }
            let verdict = if is_clean {
                "as they were made".to_owned()
            } else {
                format!("{} not as made", faults.len())
            };
            context
                .ui
                .print(format_args!("{}: {verdict}", changes::counted(checked, "link")))?;
            if !is_clean {
                context.ui.note("link again to mend: packwright skill link NAME…");
            }
        }
    }
    Ok(if is_clean {
        Outcome::Clean
    } else {
        Outcome::Problems
    })
}

/// Answer of `skill link --list --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "the names of the fields are the shape of the answer"
)]
pub struct Clients {
    schema_version: u32,
    /// Where the table was read.
    source: &'static str,
    clients: Vec<ClientFolders>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct ClientFolders {
    name: &'static str,
    /// Folder of skills in a project.
    project: &'static str,
    /// Folder of skills in the home folder; empty where there is none.
    global: &'static str,
}

fn list_clients(context: &Context) -> Result<Outcome> {
    match context.format {
        Format::Json => {
            let clients = clients::CLIENTS.iter().map(|client| ClientFolders {
                name: client.name,
                project: client.project,
                global: client.global,
            });
            context.ui.print_json(&Clients {
                schema_version: 1,
                source: clients::VERSION,
                clients: clients.collect(),
            })?;
        }
        Format::Human => {
            for client in clients::CLIENTS {
                let global = if client.global.is_empty() {
                    String::new()
                } else {
                    format!("~/{}", client.global)
                };
                context.ui.print(format_args!(
                    "{:<16} {:<26} {global}",
                    client.name, client.project
                ))?;
            }
        }
    }
    Ok(Outcome::Clean)
}
