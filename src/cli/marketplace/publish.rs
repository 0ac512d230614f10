//! `marketplace publish`.

use std::sync::Arc;

use serde::Serialize;

use crate::failure::Result;
use crate::io::git::Identity;
use crate::marketplace::publish::{Outline, Publication, Request};
use crate::text::printable;

use super::super::changes::{counted, size};
use super::super::ui::{BOLD, GOOD, styled};
use super::super::{Context, Format, Outcome};
use super::interruptible;

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
pub struct PublishAnswer {
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

pub fn run(arguments: &Publish, context: &Context) -> Result<Outcome> {
    let project = context.project()?;
    let request = Arc::new(Request {
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

fn list_files(dry_run: bool, outline: &Outline, context: &Context) -> Result<()> {
    if !dry_run {
        return Ok(());
    }
    for file in &outline.files {
        let mode = if file.executable { "755" } else { "644" };
        let bytes = size(usize::try_from(file.bytes).unwrap_or(usize::MAX));
        context.ui.print(format_args!(
            "{mode} {bytes:>9} {} {}",
            file.sha256,
            printable(&file.path)
        ))?;
    }
    Ok(())
}

fn tell_published(dry_run: bool, outline: &Outline, context: &Context) -> Result<()> {
    let word = if dry_run { "publish" } else { "published" };
    for pack in &outline.packs {
        let what = styled(BOLD, format_args!("{} {}", pack.name, pack.version));
        if pack.already {
            context
                .ui
                .print(format_args!("{what} is already published, with the same content"))?;
        } else {
            let word = styled(GOOD, format_args!("{word:>10}"));
            context.ui.print(format_args!("{word} {what} {}", pack.digest))?;
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

fn answer(published: bool, outline: Outline) -> PublishAnswer {
    PublishAnswer {
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
