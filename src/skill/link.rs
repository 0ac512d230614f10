//! `skill link`: a skill of this repository in the folders where clients look for it.
//!
//! The canonical folder `.agents/skills/<name>` leads to the skill; each client's own folder leads to the canonical one, by
//! relative symbolic links, or copies where links do not serve. What was done is written to `.agents/packwright-links.json`, so
//! that `--remove` takes back exactly that and `--check` knows what to look for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::changes::{Change, ChangeSet};
use crate::failure::{Failure, Result};
use crate::io::files::{self, EntryKind};
use crate::text::{nearest, slashed};

use super::clients::{self, CANONICAL};

/// The record of links, relative to the root they are in.
pub const RECORD: &str = ".agents/packwright-links.json";

/// Where links go.
#[derive(Debug, Clone)]
pub struct Place {
    /// The project's root, or the user's home.
    pub root: PathBuf,
    /// Whether `root` is the home.
    pub global: bool,
    /// Folders that settings add or move, by client.
    pub folders: BTreeMap<String, String>,
}

/// A skill to link.
#[derive(Debug, Clone)]
pub struct Subject {
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
}

/// How a skill lies in a client's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    /// A symbolic link that holds this text.
    Link(String),
    /// Copied files and their SHA-256 in hexadecimal, by path in the folder.
    Copy(BTreeMap<String, String>),
}

/// What was made for one skill in one folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    skill: String,
    /// Path of the link or copy from the root.
    path: String,
    /// Clients that read it.
    clients: BTreeSet<String>,
    #[serde(flatten)]
    mode: Mode,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    version: u32,
    made: Vec<Made>,
}

/// A link or copy that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub skill: String,
    pub path: String,
    pub message: String,
}

/// What a plan came to.
#[derive(Debug)]
pub struct Plan {
    pub changes: ChangeSet,
    /// Places that are right already.
    pub unchanged: Vec<String>,
    /// Places left alone, and why.
    pub kept: Vec<(String, String)>,
}

impl Place {
    /// Folder of a client below the root.
    pub fn folder(&self, client: &str) -> Result<String> {
        if let Some(folder) = self.folders.get(client).filter(|_| !self.global) {
            return Ok(folder.trim_end_matches('/').to_owned());
        }
        let Some(known) = clients::find(client) else {
            let names = clients::CLIENTS.iter().map(|client| client.name);
            let failure = Failure::user(format!("there is no client `{client}`"));
            return Err(match nearest(client, names) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint("give its folder in `packwright.toml`: [link.folders] with a line such as `name = \".folder/skills\"`"),
            });
        };
        let folder = if self.global { known.global } else { known.project };
        if folder.is_empty() {
            return Err(
                Failure::user(format!("`{client}` has no folder for all projects"))
                    .hint("leave out --global"),
            );
        }
        Ok(folder.to_owned())
    }

    /// Clients whose own folder is there already; Claude Code when none is.
    pub fn detect(&self) -> Vec<String> {
        let present = clients::CLIENTS.iter().filter(|client| {
            let folder = if self.global {
                client.global
            } else {
                client.project
            };
            let root = folder.rsplit_once('/').map_or("", |(root, _)| root);
            folder != CANONICAL && root.starts_with('.') && files::is_folder(&self.root.join(root))
        });
        let found: Vec<String> = present.map(|client| client.name.to_owned()).collect();
        if found.is_empty() {
            vec!["claude-code".to_owned()]
        } else {
            found
        }
    }

    fn record(&self) -> Result<(Option<Vec<u8>>, Record)> {
        let path = self.root.join(RECORD);
        let Some(bytes) = files::read_if_present(&path)? else {
            return Ok((
                None,
                Record {
                    version: 1,
                    made: Vec::new(),
                },
            ));
        };
        let record: Record = serde_json::from_slice(&bytes).map_err(|error| {
            Failure::user(format!("`{}` cannot be read", slashed(&path)))
                .because(&error)
                .hint("restore it from version control; without it packwright does not know which links are its own")
        })?;
        if record.version != 1 {
            return Err(
                Failure::user(format!("`{}` has version {}", slashed(&path), record.version))
                    .hint("it was written by a newer packwright: use that one"),
            );
        }
        Ok((Some(bytes), record))
    }
}

/// What linking the skills to the clients changes.
pub fn plan(place: &Place, subjects: &[Subject], clients: &[String], copy: bool) -> Result<Plan> {
    let (before, mut record) = place.record()?;
    let mut plan = Plan {
        changes: ChangeSet::new(&place.root),
        unchanged: Vec::new(),
        kept: Vec::new(),
    };
    let mut folders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for client in clients {
        folders
            .entry(place.folder(client)?)
            .or_default()
            .insert(client.clone());
    }
    folders.entry(CANONICAL.to_owned()).or_default();
    for subject in subjects {
        for (folder, clients) in &folders {
            let path = format!("{folder}/{}", subject.name);
            if is_same_place(&place.root.join(&path), &subject.folder) {
                continue;
            }
            let mode = if copy {
                copy_into(&mut plan, &record, &path, subject)?
            } else {
                let target = if folder == CANONICAL {
                    source_target(place, subject, &path)?
                } else {
                    relative_path(Path::new(&path), &Path::new(CANONICAL).join(&subject.name))
                };
                link_at(&mut plan, &record, &path, &target)?
            };
            remember(&mut record, &subject.name, path, clients, mode);
        }
    }
    write_record(&mut plan.changes, before, record)?;
    Ok(plan)
}

/// Whether both paths lead to the same folder by themselves, not through a link at `path`.
fn is_same_place(path: &Path, folder: &Path) -> bool {
    let is_plain = files::is_folder(path) && files::link_target(path).is_none();
    is_plain
        && files::canonical(path)
            .ok()
            .is_some_and(|path| files::canonical(folder).is_ok_and(|folder| path == folder))
}

/// What the canonical link holds: relative where the skill lies below the root, absolute elsewhere.
fn source_target(place: &Place, subject: &Subject, path: &str) -> Result<PathBuf> {
    let root = files::canonical(if place.root.as_os_str().is_empty() {
        Path::new(".")
    } else {
        &place.root
    })?;
    let folder = files::canonical(&subject.folder)?;
    Ok(match folder.strip_prefix(&root) {
        Ok(inside) => relative_path(Path::new(path), inside),
        Err(_) => folder,
    })
}

/// The relative path from the folder that holds `link` to `target`, both below one root.
pub fn relative_path(link: &Path, target: &Path) -> PathBuf {
    let from: Vec<Component<'_>> = link
        .parent()
        .map(|parent| parent.components().collect())
        .unwrap_or_default();
    let to: Vec<Component<'_>> = target.components().collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let ups = std::iter::repeat_n(Component::ParentDir, from.len() - shared);
    ups.chain(to[shared..].iter().copied()).collect()
}

fn link_at(plan: &mut Plan, record: &Record, path: &str, target: &Path) -> Result<Mode> {
    let full = plan.changes.root.join(path);
    let is_ours = record.made.iter().any(|made| made.path == path);
    match files::link_target(&full) {
        Some(current) if current == target => plan.unchanged.push(path.to_owned()),
        Some(current) if !is_ours => {
            return Err(Failure::user(format!(
                "`{}` is a link to `{}`",
                slashed(&full),
                slashed(&current)
            ))
            .hint("packwright did not make it: remove it first"));
        }
        None if files::exists(&full) => {
            let hint = if is_ours {
                "unlink it first: packwright skill link --remove"
            } else {
                "move or remove it first"
            };
            return Err(Failure::user(format!("`{}` is there and is not a link", slashed(&full))).hint(hint));
        }
        _ => plan.changes.link(path, target),
    }
    Ok(Mode::Link(slashed(target)))
}

fn copy_into(plan: &mut Plan, record: &Record, path: &str, subject: &Subject) -> Result<Mode> {
    let full = plan.changes.root.join(path);
    let ours = record.made.iter().find(|made| made.path == path);
    if files::link_target(&full).is_some() {
        return Err(Failure::user(format!("`{}` is a link", slashed(&full)))
            .hint("unlink it first: packwright skill link --remove"));
    }
    let mut digests = BTreeMap::new();
    let mut is_changed = false;
    for entry in files::walk(&subject.folder)?.entries {
        let EntryKind::File { executable, .. } = entry.kind else {
            continue;
        };
        let contents = files::read(&subject.folder.join(&entry.path))?;
        let digest = sha256(&contents);
        let to = Path::new(path).join(&entry.path);
        match files::read_if_present(&plan.changes.root.join(&to))? {
            Some(there) if there == contents => {}
            Some(there) => {
                let recorded = match ours.map(|made| &made.mode) {
                    Some(Mode::Copy(files)) => files.get(&entry.path),
                    _ => None,
                };
                if recorded != Some(&sha256(&there)) {
                    return Err(Failure::user(format!(
                        "`{}` was changed since it was copied",
                        slashed(&plan.changes.root.join(&to))
                    ))
                    .hint("save the change in the skill itself, then remove the copy"));
                }
                plan.changes.edit(to, there, contents);
                is_changed = true;
            }
            None => {
                plan.changes.changes.push(Change::Create {
                    path: to,
                    contents,
                    executable,
                });
                is_changed = true;
            }
        }
        digests.insert(entry.path, digest);
    }
    if !is_changed {
        plan.unchanged.push(path.to_owned());
    }
    Ok(Mode::Copy(digests))
}

fn remember(record: &mut Record, skill: &str, path: String, clients: &BTreeSet<String>, mode: Mode) {
    if let Some(made) = record.made.iter_mut().find(|made| made.path == path) {
        made.clients.extend(clients.iter().cloned());
        made.mode = mode;
        skill.clone_into(&mut made.skill);
    } else {
        record.made.push(Made {
            skill: skill.to_owned(),
            path,
            clients: clients.clone(),
            mode,
        });
    }
}

fn write_record(changes: &mut ChangeSet, before: Option<Vec<u8>>, mut record: Record) -> Result<()> {
    record.made.sort_by(|a, b| a.path.cmp(&b.path));
    let mut after = serde_json::to_vec_pretty(&record)
        .map_err(|error| Failure::internal("cannot write the record of links").because(&error))?;
    after.push(b'\n');
    match before {
        Some(_) if record.made.is_empty() => changes.remove(RECORD),
        Some(before) if before != after => changes.edit(RECORD, before, after),
        None if !record.made.is_empty() => changes.create(RECORD, after),
        _ => {}
    }
    Ok(())
}

/// What takes the links of these skills back. With clients named, only theirs; the canonical folder goes with the last of them.
pub fn plan_removal(place: &Place, skills: &[String], clients: &[String]) -> Result<Plan> {
    let (before, mut record) = place.record()?;
    let mut plan = Plan {
        changes: ChangeSet::new(&place.root),
        unchanged: Vec::new(),
        kept: Vec::new(),
    };
    for skill in skills {
        if !record.made.iter().any(|made| made.skill == *skill) {
            return Err(Failure::user(format!("`{skill}` is not linked"))
                .hint(format!("`{RECORD}` lists what packwright has linked")));
        }
    }
    let mut remaining = Vec::new();
    for mut made in std::mem::take(&mut record.made) {
        let is_meant = skills.contains(&made.skill);
        if is_meant && !clients.is_empty() {
            made.clients.retain(|client| !clients.contains(client));
        }
        let is_canonical = made.path == format!("{CANONICAL}/{}", made.skill);
        let goes = is_meant && (clients.is_empty() || (made.clients.is_empty() && !is_canonical));
        if goes {
            take_back(&mut plan, &made)?;
        } else {
            remaining.push(made);
        }
    }
    // A canonical folder that no client's link leads to any more, and that no client reads itself, goes too.
    let needed: BTreeSet<String> = remaining
        .iter()
        .filter(|made| !made.clients.is_empty())
        .map(|made| made.skill.clone())
        .collect();
    for made in remaining {
        if skills.contains(&made.skill) && !needed.contains(&made.skill) {
            take_back(&mut plan, &made)?;
        } else {
            record.made.push(made);
        }
    }
    write_record(&mut plan.changes, before, record)?;
    Ok(plan)
}

fn take_back(plan: &mut Plan, made: &Made) -> Result<()> {
    let full = plan.changes.root.join(&made.path);
    match &made.mode {
        Mode::Link(target) => match files::link_target(&full) {
            Some(current) if slashed(&current) == *target => plan.changes.remove(&made.path),
            Some(_) => plan
                .kept
                .push((made.path.clone(), "the link leads elsewhere now".to_owned())),
            None if files::exists(&full) => plan
                .kept
                .push((made.path.clone(), "it is no link any more".to_owned())),
            None => {}
        },
        Mode::Copy(digests) => {
            for (inside, digest) in digests {
                let path = Path::new(&made.path).join(inside);
                match files::read_if_present(&plan.changes.root.join(&path))? {
                    Some(bytes) if sha256(&bytes) == *digest => plan.changes.remove(path),
                    Some(_) => plan
                        .kept
                        .push((slashed(&path), "it was changed since it was copied".to_owned())),
                    None => {}
                }
            }
        }
    }
    Ok(())
}

/// Links and copies of the record that are not as they were made. `skills` empty: all.
pub fn check(place: &Place, skills: &[String]) -> Result<(usize, Vec<Fault>)> {
    let (_, record) = place.record()?;
    let mut faults = Vec::new();
    let mut checked = 0;
    for made in record
        .made
        .iter()
        .filter(|made| skills.is_empty() || skills.contains(&made.skill))
    {
        checked += 1;
        let full = place.root.join(&made.path);
        let message = match &made.mode {
            Mode::Link(target) => match files::link_target(&full) {
                None if files::exists(&full) => Some("is there and is not a link".to_owned()),
                None => Some("is missing".to_owned()),
                Some(current) if slashed(&current) != *target => {
                    Some(format!("leads to `{}`", slashed(&current)))
                }
                Some(_) if !files::is_folder(&full) => Some("leads nowhere".to_owned()),
                Some(_) => None,
            },
            Mode::Copy(digests) => {
                digests.iter().find_map(
                    |(inside, digest)| match files::read_if_present(&full.join(inside)) {
                        Ok(Some(bytes)) if sha256(&bytes) == *digest => None,
                        Ok(Some(_)) => Some(format!("has a changed `{inside}`")),
                        _ => Some(format!("has no `{inside}`")),
                    },
                )
            }
        };
        if let Some(message) = message {
            faults.push(Fault {
                skill: made.skill.clone(),
                path: made.path.clone(),
                message,
            });
        }
    }
    Ok((checked, faults))
}

fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative_to_their_own_folder() {
        let path = relative_path(Path::new(".claude/skills/a"), Path::new(".agents/skills/a"));
        assert_eq!(slashed(&path), "../../.agents/skills/a");
        let path = relative_path(Path::new(".agents/skills/a"), Path::new("skills/a"));
        assert_eq!(slashed(&path), "../../skills/a");
        let path = relative_path(Path::new("a"), Path::new("b"));
        assert_eq!(slashed(&path), "b");
    }
}
