//! `marketplace install`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Serialize;

use crate::failure::{Failure, Result};
use crate::marketplace::install::{self, Into, Status, Wanted};
use crate::marketplace::lock::{Mode, Source};
use crate::text::printable;

use super::super::changes::counted;
use super::super::ui::{BOLD, GOOD, styled};
use super::super::{Context, Format, Outcome};
use super::interruptible;

/// `packwright marketplace install NAME… --from URL|DIR`
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Install {
    /// Names of packs, or NAME@VERSION, or `all`.
    #[arg(value_name = "NAME", required = true)]
    packs: Vec<String>,
    /// Address of a git repository, a bare repository, or a published folder; by default where the lock file says.
    #[arg(long, value_name = "URL|DIR")]
    from: Option<String>,
    /// Clients to install for, separated by commas; by default those of the settings, or those whose folder is there.
    #[arg(long, value_delimiter = ',', value_name = "CLIENT")]
    to: Vec<String>,
    /// Install into `skills` and `agents` of this folder instead of the folders of clients.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["to", "copy"])]
    dir: Option<PathBuf>,
    /// A copy for each client instead of one copy and links.
    #[arg(long)]
    copy: bool,
    /// Install exactly what the lock file says, or fail.
    #[arg(long)]
    frozen: bool,
    /// Write over files that were changed, or that packwright did not install.
    #[arg(long)]
    force: bool,
    /// Show what would change and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Answer of `marketplace install --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct InstallAnswer {
    schema_version: u32,
    /// False with `--dry-run`.
    applied: bool,
    packs: Vec<InstalledPack>,
    changes: Vec<ChangedPlace>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct InstalledPack {
    name: String,
    version: String,
    /// The version that was there before.
    before: Option<String>,
    /// `installed`, `updated`, `restored` or `unchanged`.
    status: &'static str,
    digest: String,
    source: InstalledFrom,
    /// `link` or `copy`.
    mode: &'static str,
    targets: Vec<String>,
    /// Agents that no client it is installed for reads.
    left_out: Vec<String>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct InstalledFrom {
    /// `git` or `folder`.
    kind: &'static str,
    /// Address or folder.
    location: String,
    commit: Option<String>,
    tag: Option<String>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct ChangedPlace {
    /// `create`, `replace`, `link` or `remove`.
    verb: &'static str,
    path: String,
    /// Files in it, for a folder.
    files: Vec<String>,
}

pub fn run(arguments: &Install, context: &Context) -> Result<Outcome> {
    let project = context.project()?;
    let everything = arguments.packs.iter().any(|name| name == "all");
    if everything && arguments.packs.len() > 1 {
        return Err(Failure::user("`all` stands alone").hint("name packs, or say `all`"));
    }
    let wanted = arguments.packs.iter().map(|name| Wanted::parse(name));
    let packs = if everything {
        None
    } else {
        Some(wanted.collect::<Result<Vec<_>>>()?)
    };
    if arguments.from.is_none() && everything && !arguments.frozen {
        return Err(Failure::user("it is not said where to install from")
            .hint("`--from URL|DIR`, or `--frozen` for what the lock file says"));
    }
    let request = install::Request {
        root: arguments.dir.clone().unwrap_or_else(|| project.root.clone()),
        settings: project.settings.clone(),
        packs,
        from: arguments.from.clone(),
        into: match arguments.dir {
            Some(_) => Into::Root,
            None => Into::Clients {
                names: arguments.to.clone(),
                copy: arguments.copy,
            },
        },
        frozen: arguments.frozen,
        force: arguments.force,
    };
    let installation = interruptible(context, "reading", move || install::prepare(&request))?;
    let packs = installation.packs.clone();
    let changes = installation.changes.clone();
    if !arguments.dry_run && !changes.is_empty() {
        interruptible(context, "installing", move || installation.carry_out())?;
    }
    match context.format {
        Format::Json => context.ui.print_json(&InstallAnswer {
            schema_version: 1,
            applied: !arguments.dry_run,
            packs: packs.into_iter().map(installed).collect(),
            changes: changes
                .into_iter()
                .map(|change| ChangedPlace {
                    verb: change.verb,
                    path: change.path,
                    files: change.files,
                })
                .collect(),
        })?,
        Format::Human => tell_installed(arguments.dry_run, &packs, &changes, context)?,
    }
    Ok(Outcome::Clean)
}

fn installed(pack: install::InstalledPack) -> InstalledPack {
    InstalledPack {
        name: pack.locked.name,
        version: pack.locked.version,
        before: pack.before,
        status: word(pack.status),
        digest: pack.locked.digest,
        source: match pack.locked.source {
            Source::Git { url, commit, tag } => InstalledFrom {
                kind: "git",
                location: url,
                commit: Some(commit),
                tag,
            },
            Source::Folder { path } => InstalledFrom {
                kind: "folder",
                location: path,
                commit: None,
                tag: None,
            },
        },
        mode: match pack.locked.mode {
            Mode::Link => "link",
            Mode::Copy => "copy",
        },
        targets: pack.locked.targets,
        left_out: pack.left_out,
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Installed => "installed",
        Status::Updated => "updated",
        Status::Restored => "restored",
        Status::Unchanged => "unchanged",
    }
}

fn tell_installed(
    dry_run: bool,
    packs: &[install::InstalledPack],
    changes: &[install::Changed],
    context: &Context,
) -> Result<()> {
    for change in changes {
        let path = printable(&change.path).into_owned();
        context.ui.print(format_args!(
            "{} {path}",
            styled(GOOD, format_args!("{:>10}", change.verb))
        ))?;
        if dry_run {
            for file in &change.files {
                context
                    .ui
                    .print(format_args!("{:>10} {path}/{}", "", printable(file)))?;
            }
        }
    }
    for pack in packs {
        let before = match (&pack.before, pack.status) {
            (Some(before), Status::Updated) => format!(", was {before}"),
            _ => String::new(),
        };
        let what = styled(BOLD, format_args!("{} {}", pack.locked.name, pack.locked.version));
        let names = pack
            .locked
            .skills
            .keys()
            .filter_map(|path| path.rsplit('/').next());
        let skills = names.collect::<BTreeSet<_>>().len();
        context.ui.print(format_args!(
            "{what} {}{before}: {}, {}",
            word(pack.status),
            counted(skills, "skill"),
            counted(pack.locked.agents.len(), "agent")
        ))?;
        if !pack.left_out.is_empty() {
            let names = pack.left_out.join(", ");
            context.ui.warn(format_args!(
                "no client it is installed for reads agents: left out {names}"
            ));
        }
    }
    if dry_run {
        context.ui.note("dry run: nothing was changed");
    } else if changes.is_empty() {
        context.ui.note("everything is there already: nothing to do");
    }
    Ok(())
}
