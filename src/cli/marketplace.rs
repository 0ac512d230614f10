//! `marketplace init`, `build`, `publish`, `install`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Subcommand;
use serde::Serialize;

use crate::failure::{Failure, Result};
use crate::io::git::Identity;
use crate::marketplace::install::{self, Into, Status, Wanted};
use crate::marketplace::lock::{Mode, Source};
use crate::marketplace::publish::{self, Publication};
use crate::marketplace::{build, init};
use crate::text::printable;

use super::changes::{counted, show_and_apply, size};
use super::ui::{BOLD, DIM, GOOD, styled};
use super::{Context, Format, Outcome};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Describe a marketplace and its first pack in `packwright.toml`.
    Init(Init),
    /// Write the manifests that clients read from `packwright.toml`.
    Build(Build),
    /// Publish packs to a git repository or a folder.
    Publish(Publish),
    /// Install packs from a git repository or a folder.
    Install(Install),
}

/// `packwright marketplace init`
#[derive(Debug, clap::Args)]
pub struct Init {
    /// Name of the marketplace and of its first pack; by default that of the folder.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Who maintains it; by default the name git has.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Address of the owner.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// One sentence for people who browse.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// `packwright marketplace build`
#[derive(Debug, clap::Args)]
pub struct Build {
    /// Write nothing; end with 1 when a manifest is stale.
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// `packwright marketplace publish [PACK…] --to URL|DIR`
#[derive(Debug, clap::Args)]
pub struct Publish {
    /// Names of packs; all of `packwright.toml` when none is given.
    #[arg(value_name = "PACK")]
    packs: Vec<String>,
    /// Address of a git repository, a bare repository, or a folder.
    #[arg(long, value_name = "URL|DIR")]
    to: String,
    /// List every file that would be published, and publish nothing.
    #[arg(long)]
    dry_run: bool,
}

/// `packwright marketplace install NAME… --from URL|DIR`
#[derive(Debug, clap::Args)]
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

pub fn run(command: &Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::Init(arguments) => init_marketplace(arguments, context),
        Command::Build(arguments) => build_manifests(arguments, context),
        Command::Publish(arguments) => publish_packs(arguments, context),
        Command::Install(arguments) => install_packs(arguments, context),
    }
}

fn init_marketplace(arguments: &Init, context: &Context) -> Result<Outcome> {
    let project = context.project()?;
    let folder = context.environment.folder.join(&project.root);
    let own_name = || {
        let folder = crate::io::files::canonical(&folder).unwrap_or(folder.clone());
        folder
            .file_name()
            .map(|name| init::name_from(&name.to_string_lossy()))
            .unwrap_or_default()
    };
    let described = project.settings.marketplace.as_ref();
    let name = match (&arguments.name, described) {
        (Some(name), _) => name.clone(),
        (None, Some(marketplace)) => marketplace.name.clone(),
        (None, None) => own_name(),
    };
    let git = init::identity(&project.root);
    let (owner, email) = match (&arguments.owner, described, git) {
        (Some(owner), _, _) => (owner.clone(), None),
        (None, Some(marketplace), _) => (marketplace.owner.name.clone(), None),
        (None, None, Some((name, email))) => (name, Some(email)),
        (None, None, None) => {
            let asked = context.ui.ask("Who maintains it?")?;
            let owner = asked.filter(|owner| !owner.is_empty()).ok_or_else(|| {
                Failure::user("a marketplace needs an owner").hint("say who with `--owner NAME`")
            })?;
            (owner, None)
        }
    };
    let answers = init::Answers {
        description: arguments
            .description
            .clone()
            .unwrap_or_else(|| init::description_of(&name)),
        name,
        owner,
        email: arguments.email.clone().or(email),
    };
    let set = init::plan(&project.root, &project.settings, &answers)?;
    show_and_apply(context, &set, arguments.dry_run)?;
    if !arguments.dry_run && context.format == Format::Human {
        context.ui.note("look at it, then: packwright marketplace build");
    }
    Ok(Outcome::Clean)
}

fn build_manifests(arguments: &Build, context: &Context) -> Result<Outcome> {
    let project = context.project()?;
    let set = build::plan(&project.root, &project.settings)?;
    show_and_apply(context, &set, arguments.dry_run || arguments.check)?;
    if arguments.check && !set.is_empty() {
        context
            .ui
            .note("the manifests are stale: packwright marketplace build");
        return Ok(Outcome::Problems);
    }
    if set.is_empty() && context.format == Format::Human {
        context.ui.note("the manifests say what `packwright.toml` says");
    }
    Ok(Outcome::Clean)
}

/// Runs work that does not wait on the runtime's own threads, so that Ctrl-C is heard meanwhile.
fn interruptible<T: Send + 'static>(
    context: &Context,
    label: &str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let progress = context.ui.progress(label, None);
    let result = context.block_on(async {
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Failure::internal("the work broke off").because(&error))?
    });
    drop(progress);
    result.map_err(|failure| match failure.kind {
        crate::failure::Kind::Interrupted => {
            failure.hint("run the command again: it goes on from what is there")
        }
        _ => failure,
    })
}

/// Who publishes, from the variables that git itself reads.
fn identity(context: &Context) -> Option<Identity> {
    let get = |name: &str| context.environment.get(name).map(str::to_owned);
    Some(Identity {
        name: get("GIT_AUTHOR_NAME").or_else(|| get("GIT_COMMITTER_NAME"))?,
        email: get("GIT_AUTHOR_EMAIL").or_else(|| get("GIT_COMMITTER_EMAIL"))?,
    })
}

/// Answer of `marketplace publish --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Published {
    schema_version: u32,
    to: String,
    /// False with `--dry-run`, and when everything was published already.
    published: bool,
    packs: Vec<PublishedPack>,
    files: Vec<PublishedFile>,
    /// The commit the files were taken from; null outside git.
    source_commit: Option<String>,
    /// The commit that was pushed, for git.
    commit: Option<String>,
    branch: Option<String>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct PublishedPack {
    name: String,
    version: String,
    /// `new`, or `already-published` when this version with this content was there.
    status: &'static str,
    tag: String,
    digest: String,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct PublishedFile {
    path: String,
    /// The pack it belongs to; null for the marketplace's own.
    pack: Option<String>,
    bytes: u64,
    sha256: String,
    executable: bool,
}

fn publish_packs(arguments: &Publish, context: &Context) -> Result<Outcome> {
    let project = context.project()?;
    let request = Arc::new(publish::Request {
        root: project.root.clone(),
        settings: project.settings.clone(),
        packs: arguments.packs.clone(),
        to: arguments.to.clone(),
        identity: identity(context),
    });
    let asked = Arc::clone(&request);
    let publication = interruptible(context, "checking", move || Publication::prepare(&asked))?;
    let mut outline = publication.outline.clone();
    if context.format == Format::Human {
        list_files(arguments.dry_run, &outline, context)?;
    }
    let publishes = !arguments.dry_run && !outline.nothing_to_do;
    if publishes {
        let label = "publishing";
        outline = interruptible(context, label, move || publication.carry_out(&request))?;
    }
    match context.format {
        Format::Json => context.ui.print_json(&answer(publishes, outline))?,
        Format::Human => tell_published(arguments.dry_run, &outline, context)?,
    }
    Ok(Outcome::Clean)
}

fn list_files(dry_run: bool, outline: &publish::Outline, context: &Context) -> Result<()> {
    if !dry_run {
        return Ok(());
    }
    for file in &outline.files {
        let mode = if file.executable { "755" } else { "644" };
        let bytes = size(usize::try_from(file.bytes).unwrap_or(usize::MAX));
        context.ui.print(format_args!(
            "{mode} {bytes:>9} {} {}",
            styled(DIM, &file.sha256),
            printable(&file.path)
        ))?;
    }
    Ok(())
}

fn tell_published(dry_run: bool, outline: &publish::Outline, context: &Context) -> Result<()> {
    let word = if dry_run { "publish" } else { "published" };
    for pack in &outline.packs {
        let what = styled(BOLD, format_args!("{} {}", pack.name, pack.version));
        if pack.already {
            context
                .ui
                .print(format_args!("{what} is already published, with the same content"))?;
        } else {
            let word = styled(GOOD, format_args!("{word:>10}"));
            context
                .ui
                .print(format_args!("{word} {what} {}", styled(DIM, &pack.digest)))?;
        }
    }
    if outline.nothing_to_do {
        context.ui.note(format_args!(
            "{} holds all of it: nothing to do",
            printable(&outline.to)
        ));
        return Ok(());
    }
    let bytes: u64 = outline.files.iter().map(|file| file.bytes).sum();
    let place = match &outline.branch {
        Some(branch) => format!("{}, branch `{branch}`", outline.to),
        None => outline.to.clone(),
    };
    context.ui.print(format_args!(
        "{}, {}, to {}",
        counted(outline.files.len(), "file"),
        size(usize::try_from(bytes).unwrap_or(usize::MAX)),
        printable(&place)
    ))?;
    if dry_run {
        context.ui.note("dry run: nothing was published");
    }
    Ok(())
}

fn answer(published: bool, outline: publish::Outline) -> Published {
    Published {
        schema_version: 1,
        to: outline.to,
        published,
        packs: outline
            .packs
            .into_iter()
            .map(|pack| PublishedPack {
                name: pack.name,
                version: pack.version.to_string(),
                status: if pack.already { "already-published" } else { "new" },
                tag: pack.tag,
                digest: pack.digest,
            })
            .collect(),
        files: outline
            .files
            .into_iter()
            .map(|file| PublishedFile {
                path: file.path,
                pack: file.pack,
                bytes: file.bytes,
                sha256: file.sha256,
                executable: file.executable,
            })
            .collect(),
        source_commit: outline.source_commit,
        commit: outline.commit,
        branch: outline.branch,
    }
}

/// Answer of `marketplace install --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Installed {
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

fn install_packs(arguments: &Install, context: &Context) -> Result<Outcome> {
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
        Format::Json => context.ui.print_json(&Installed {
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
