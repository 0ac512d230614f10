//! Packs out of a git repository: each at the tag of its version, or at the branch when it has none.

use std::path::Path;

use semver::Version;

use crate::failure::{Failure, Result};
use crate::io::git::{References, Remote, Repository, TreeEntry, TreeKind};
use crate::text::printable;

use super::super::found::{self, Found, FoundPlugin};
use super::super::lock::Source;
use super::super::shipping::MARKETPLACE_MANIFEST;
use super::super::tree::{File, LARGEST_FILE, path_below};
use super::super::version;
use super::offer::{
    MOST_ENTRIES, Offered, Wanted, bad_manifest, belongs, check_size, every, folder_of, no_manifest,
    no_version, offer, plugin_of, refuse,
};

pub fn read(remote: &Remote, wanted: Option<&[Wanted]>, scratch: &Path) -> Result<Vec<Offered>> {
    let repository = Repository::create_bare(scratch)?;
    let references = remote.references(&repository)?;
    let head = references
        .head
        .clone()
        .filter(|head| references.commit(head).is_some());
    let tagged = |name: &str| -> Vec<Version> {
        references
            .tags()
            .filter_map(|tag| version::from_tag(name, tag))
            .collect()
    };
    // The state of the branch is needed to know what there is, and for packs without a tag.
    let needs_head = wanted.is_none_or(|wanted| wanted.iter().any(|pack| tagged(&pack.name).is_empty()));
    let mut at_head = None;
    if needs_head {
        let Some(head) = &head else {
            return Err(
                Failure::user(format!("`{}` is an empty repository", remote.shown()))
                    .hint("`packwright marketplace publish --to …` fills it"),
            );
        };
        remote.fetch(&repository, std::slice::from_ref(head))?;
        at_head = Some(GitTree::open(&repository, &references, head, remote)?);
    }
    let every: Vec<Wanted> = at_head.iter().flat_map(|tree| every(&tree.found)).collect();
    let wanted = wanted.unwrap_or(&every);

    let mut tags = Vec::new();
    for pack in wanted {
        let versions = tagged(&pack.name);
        let chosen = match &pack.version {
            Some(version) if !versions.contains(version) && !versions.is_empty() => {
                return Err(no_version(&pack.name, version, &versions, &remote.shown()));
            }
            Some(version) if !versions.is_empty() => Some(version.clone()),
            _ => version::newest(&versions).cloned(),
        };
        tags.push(chosen.map(|chosen| (format!("refs/tags/{}", version::tag(&pack.name, &chosen)), chosen)));
    }
    let names: Vec<String> = tags.iter().flatten().map(|(tag, _)| tag.clone()).collect();
    remote.fetch(&repository, &names)?;

    let mut offered = Vec::new();
    for (pack, tag) in wanted.iter().zip(&tags) {
        let at_tag = match tag {
            Some((tag, _)) => Some(GitTree::open(&repository, &references, tag, remote)?),
            None => None,
        };
        let Some(tree) = at_tag.as_ref().or(at_head.as_ref()) else {
            return Err(Failure::internal("a pack without tag and branch"));
        };
        let plugin = plugin_of(&tree.found, &pack.name, &remote.shown())?;
        let source = Source::Git {
            url: remote.shown(),
            commit: tree.commit.clone(),
            tag: tag
                .as_ref()
                .and_then(|(tag, _)| tag.strip_prefix("refs/tags/"))
                .map(str::to_owned),
        };
        let read = tree.read(plugin)?;
        let fallback = &tree.commit[..12.min(tree.commit.len())];
        let pack_offered = offer(plugin, &read, source, fallback)?;
        let meant = tag.as_ref().map(|(_, version)| version).or(pack.version.as_ref());
        if let Some(version) = meant.filter(|version| **version != pack_offered.version) {
            return Err(Failure::user(format!(
                "`{}` was asked for in version {version} and `{}` holds {}",
                pack.name,
                remote.shown(),
                pack_offered.version
            ))
            .hint("whoever published it has put a tag on another version; ask for another one"));
        }
        offered.push(pack_offered);
    }
    Ok(offered)
}

/// One commit of a marketplace.
struct GitTree<'a> {
    repository: &'a Repository,
    commit: String,
    entries: Vec<TreeEntry>,
    found: Found,
    shown: String,
}

impl<'a> GitTree<'a> {
    fn open(
        repository: &'a Repository,
        references: &References,
        name: &str,
        remote: &Remote,
    ) -> Result<Self> {
        let commit = repository.commit_of(name)?;
        let shown = remote.shown();
        if references
            .commit(name)
            .is_some_and(|announced| announced != commit)
        {
            return Err(
                Failure::user(format!("`{shown}` was published to meanwhile")).hint("run the command again")
            );
        }
        let entries = repository.files(&commit, MOST_ENTRIES)?;
        let manifest = entries.iter().find(|entry| entry.path == MARKETPLACE_MANIFEST);
        let Some(manifest) = manifest.filter(|entry| matches!(entry.kind, TreeKind::File { .. })) else {
            return Err(no_manifest(&shown));
        };
        if repository.size(&manifest.blob)? > LARGEST_FILE {
            return Err(bad_manifest(&shown, "it is too large"));
        }
        let found =
            found::read(&repository.read(&manifest.blob)?).map_err(|why| bad_manifest(&shown, why))?;
        Ok(Self {
            repository,
            commit,
            entries,
            found,
            shown,
        })
    }

    fn read(&self, plugin: &FoundPlugin) -> Result<Vec<File>> {
        let folder = folder_of(plugin)?;
        let mut faults = Vec::new();
        let mut chosen = Vec::new();
        let mut total = 0;
        for entry in self
            .entries
            .iter()
            .filter(|entry| belongs(plugin, folder, &entry.path))
        {
            let TreeKind::File { executable } = entry.kind else {
                faults.push(format!("`{}` is a link or a submodule", printable(&entry.path)));
                continue;
            };
            total += check_size(&entry.path, self.repository.size(&entry.blob)?, &mut faults);
            chosen.push((
                path_below(&entry.path, folder).unwrap_or_default(),
                executable,
                &entry.blob,
            ));
        }
        refuse(
            plugin,
            &self.shown,
            chosen.iter().map(|(path, _, _)| *path),
            total,
            faults,
        )?;
        let files = chosen.into_iter().map(|(path, executable, blob)| {
            Ok(File {
                path: path.to_owned(),
                executable,
                contents: self.repository.read(blob)?,
            })
        });
        files.collect()
    }
}
