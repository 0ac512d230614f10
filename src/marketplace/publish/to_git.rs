//! Publishing to a git repository: one commit on top of what is there, a tag for every new version, one atomic push.
//!
//! Commit and tags are made in a scratch repository that goes away, so that a failed push leaves nothing behind. They hold the
//! time of the source commit: the same source published to the same place is the same commit.

use std::path::Path;

use semver::Version;

use crate::failure::{Failure, Result};
use crate::io::git::{NewCommit, Pushed, References, Remote, Repository, TreeEntry, TreeKind};
use crate::io::placement::Workplace;

use super::super::digest;
use super::super::found::{self, Found};
use super::super::packs::LocalPack;
use super::super::shipping::{MARKETPLACE_MANIFEST, ships};
use super::super::tree::{File, LARGEST_FILE, MOST_FILES, path_below};
use super::super::version::{self, Verdict};
use super::{Action, Content, Destination, Ended, Publication, differences, refuse_versions};

/// The most files a published repository may hold.
const MOST_PUBLISHED: usize = 20 * MOST_FILES;

/// A commit and tags that wait in a scratch repository.
#[derive(Debug)]
pub struct Push {
    remote: Remote,
    repository: Repository,
    references: Vec<(String, String)>,
    /// Goes last: the repository lies in it.
    _workplace: Workplace,
}

impl Push {
    pub fn carry_out(&self) -> Result<Ended> {
        Ok(match self.remote.push(&self.repository, &self.references)? {
            Pushed::Done => Ended::Done,
            Pushed::Overtaken(why) => Ended::Overtaken(why),
        })
    }
}

pub fn prepare(root: &Path, content: &Content, remote: &Remote) -> Result<Publication> {
    let workplace = Workplace::claim(&root.join(".packwright/publish"))?;
    let repository = Repository::create_bare(&workplace.scratch().join("repository"))?;
    let references = remote.references(&repository)?;
    let branch = branch_of(remote, &references);
    let base = references.commit(&branch).map(str::to_owned);

    let mut names: Vec<String> = content.packs.iter().map(full_tag).collect();
    names.retain(|name| references.commit(name).is_some());
    if base.is_some() {
        names.push(branch.clone());
    }
    remote.fetch(&repository, &names)?;

    let base_files = match &base {
        Some(base) => repository.files(base, MOST_PUBLISHED)?,
        None => Vec::new(),
    };
    let published = read_manifest(&repository, &base_files, remote)?;
    if let Some(published) = &published {
        content.check_name(published, &remote.shown())?;
    }

    let verdicts = verdicts(content, &repository, &references, remote)?;
    refuse_versions(content, &verdicts, &remote.shown(), |pack| {
        let published = pack_at_tag(&repository, &references, pack, remote).ok().flatten();
        differences(&pack.files, &published.unwrap_or_default())
    })?;

    let files = content.files(published.as_ref());
    let mut entries: Vec<TreeEntry> = base_files
        .into_iter()
        .filter(|entry| !content.replaces(&entry.path))
        .collect();
    for (_, file) in &files {
        entries.push(TreeEntry {
            path: file.path.clone(),
            kind: TreeKind::File {
                executable: file.executable,
            },
            blob: repository.write(&file.contents)?,
        });
    }
    let new: Vec<&LocalPack> = content
        .packs
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| **verdict == Verdict::New)
        .map(|(pack, _)| pack)
        .collect();
    let commit = repository.write_commit(&NewCommit {
        entries: &entries,
        parent: base.as_deref(),
        message: &message(&new, content),
        author: &content.identity,
        seconds: content.seconds,
    })?;
    // A commit that changes no file is not worth having: tags go to the one that is there.
    let same = match &base {
        Some(base) => repository.tree_of(base)? == repository.tree_of(&commit)?,
        None => false,
    };
    let commit = if same { base.unwrap_or(commit) } else { commit };

    let mut moved = Vec::new();
    if !same {
        moved.push((branch.clone(), commit.clone()));
    }
    for pack in &new {
        let tag = version::tag(&pack.name, &pack.version);
        let text = format!("{} {}\n\nDigest: {}\n", pack.name, pack.version, pack.digest);
        repository.tag(&tag, &commit, &text, &content.identity, content.seconds)?;
        moved.push((full_tag(pack), full_tag(pack)));
    }

    let mut outline = content.outline(&Destination::Git(remote.clone()), &verdicts, &files);
    outline.nothing_to_do = moved.is_empty();
    outline.commit = Some(commit);
    outline.branch = branch.strip_prefix("refs/heads/").map(str::to_owned);
    let action = if moved.is_empty() {
        Action::Nothing
    } else {
        Action::Push(Push {
            remote: remote.clone(),
            repository,
            references: moved,
            _workplace: workplace,
        })
    };
    Ok(Publication { outline, action })
}

fn full_tag(pack: &LocalPack) -> String {
    format!("refs/tags/{}", version::tag(&pack.name, &pack.version))
}

/// The branch that a clone checks out; in a repository where that has no commit, one of the usual names that has, or else the
/// branch that a clone will look for.
fn branch_of(remote: &Remote, references: &References) -> String {
    let unborn = || {
        remote
            .folder()
            .and_then(|folder| Repository::open(folder).ok()?.head_branch())
    };
    let head = references.head.clone().or_else(unborn);
    let usual = ["refs/heads/main".to_owned(), "refs/heads/master".to_owned()];
    let born = head
        .iter()
        .chain(&usual)
        .find(|name| references.commit(name).is_some());
    born.or(head.as_ref()).unwrap_or(&usual[0]).clone()
}

fn read_manifest(repository: &Repository, files: &[TreeEntry], remote: &Remote) -> Result<Option<Found>> {
    let Some(entry) = files.iter().find(|entry| entry.path == MARKETPLACE_MANIFEST) else {
        return Ok(None);
    };
    found::read(&repository.read(&entry.blob)?)
        .map(Some)
        .map_err(|why| {
            Failure::user(format!(
                "`{MARKETPLACE_MANIFEST}` in `{}` cannot be read",
                remote.shown()
            ))
            .caused_by(why)
            .hint("mend or remove it there: packwright does not write over what it cannot read")
        })
}

fn verdicts(
    content: &Content,
    repository: &Repository,
    references: &References,
    remote: &Remote,
) -> Result<Vec<Verdict>> {
    let mut verdicts = Vec::new();
    for pack in &content.packs {
        let published: Vec<Version> = references
            .tags()
            .filter_map(|tag| version::from_tag(&pack.name, tag))
            .collect();
        let same_version =
            pack_at_tag(repository, references, pack, remote)?.map(|files| digest::of_tree(&files));
        verdicts.push(version::judge(
            &pack.version,
            &pack.digest,
            same_version.as_deref(),
            &published,
        ));
    }
    Ok(verdicts)
}

/// The files of `pack` as its tag holds them; nothing when there is no such tag.
fn pack_at_tag(
    repository: &Repository,
    references: &References,
    pack: &LocalPack,
    remote: &Remote,
) -> Result<Option<Vec<File>>> {
    let Some(commit) = references.commit(&full_tag(pack)) else {
        return Ok(None);
    };
    let entries = repository.files(commit, MOST_PUBLISHED)?;
    let found = read_manifest(repository, &entries, remote)?;
    let entry = found.and_then(|found| found.plugins.into_iter().find(|plugin| plugin.name == pack.name));
    let folder = entry
        .and_then(|entry| entry.folder.ok())
        .unwrap_or_else(|| pack.folder.clone());
    let mut files = Vec::new();
    for entry in entries.iter().filter(|entry| ships(&folder, &entry.path)) {
        // What is too large to have been published by us is other content, whatever it is.
        if repository.size(&entry.blob)? > LARGEST_FILE {
            continue;
        }
        files.push(File {
            path: path_below(&entry.path, &folder).unwrap_or_default().to_owned(),
            executable: entry.kind == TreeKind::File { executable: true },
            contents: repository.read(&entry.blob)?,
        });
    }
    Ok(Some(files))
}

fn message(new: &[&LocalPack], content: &Content) -> String {
    let packs: Vec<String> = new
        .iter()
        .map(|pack| format!("{} {}", pack.name, pack.version))
        .collect();
    let subject = match packs.as_slice() {
        [] => "Update the marketplace".to_owned(),
        [one, two, three, rest @ ..] if !rest.is_empty() => {
            format!("Publish {one}, {two}, {three} and {} more", rest.len())
        }
        packs => format!("Publish {}", packs.join(", ")),
    };
    let mut paragraphs = vec![subject];
    if packs.len() > 3 {
        paragraphs.push(packs.join("\n"));
    }
    paragraphs.extend(
        content
            .source_commit
            .iter()
            .map(|commit| format!("Source-Commit: {commit}")),
    );
    format!("{}\n", paragraphs.join("\n\n"))
}
