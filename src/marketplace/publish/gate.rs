//! What must be in order before anything is published: no lint errors in the skills and agents of the packs.

use std::collections::{BTreeMap, BTreeSet};

use crate::agent::{self, Agent};
use crate::config::Settings;
use crate::diagnostic::{Diagnostic, Severity};
use crate::failure::Result;
use crate::io::files::{Entry, EntryKind};
use crate::skill::around::Around;
use crate::skill::{self, Bundle, Skill};

use super::super::packs::{self, LocalPack};
use super::super::tree::{self, File, joined};

/// Fails with the errors that lint finds in the packs: in the bytes that would ship, not in what lies on disk.
pub fn lint_gate(settings: &Settings, packs: &[LocalPack]) -> Result<()> {
    let levels = settings.levels(None, false, [])?;
    let mut findings = Vec::new();
    for pack in packs {
        for name in &pack.skills {
            let skill = Skill::read(bundle(pack, name));
            findings.extend(skill::lint::check(&skill, &levels));
        }
        for name in &pack.agents {
            let path = format!("agents/{name}.md");
            let file = pack.files.iter().find(|file| file.path == path);
            let bytes = file.map(|file| file.contents.clone()).ok_or_else(String::new);
            findings.extend(agent::lint::check(
                &Agent::read(&joined(&pack.folder, &path), bytes),
                &levels,
            ));
        }
    }
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    packs::all(
        "lint finds errors in what is to be published",
        errors.map(shown).collect(),
    )
    .map_err(|failure| failure.hint("`packwright lint` shows each with its place and the remedy"))
}

fn shown(finding: &Diagnostic) -> String {
    let place = &finding.place;
    format!(
        "{}:{}: {} [{}]",
        place.path, place.start.line, finding.message, finding.rule
    )
}

/// The files of one skill as lint wants them.
fn bundle(pack: &LocalPack, name: &str) -> Bundle {
    let folder = format!("skills/{name}");
    let inside: Vec<File> = tree::below(&pack.files, &folder);
    let folders: BTreeSet<&str> = inside
        .iter()
        .flat_map(|file| file.path.match_indices('/').map(|(end, _)| &file.path[..end]))
        .collect();
    let files = inside
        .iter()
        .filter(|file| file.path != skill::FILE_NAME)
        .map(|file| {
            let kind = EntryKind::File {
                bytes: file.contents.len() as u64,
                executable: file.executable,
            };
            Entry::new(&*file.path, kind)
        });
    let folders = folders
        .into_iter()
        .map(|path| Entry::new(path, EntryKind::Folder));
    let mut entries: Vec<Entry> = files.chain(folders).collect();
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let text = inside.iter().find(|file| file.path == skill::FILE_NAME);
    let texts = inside.iter().filter(|file| {
        file.path != skill::FILE_NAME && Bundle::reads(&file.path, file.contents.len() as u64)
    });
    Bundle {
        folder: joined(&pack.folder, &folder),
        folder_name: name.to_owned(),
        file_name: skill::FILE_NAME.to_owned(),
        text: text.map(|file| file.contents.clone()).ok_or_else(String::new),
        files: entries,
        texts: texts
            .map(|file| (file.path.clone(), file.contents.clone()))
            .collect(),
        heads: inside
            .iter()
            .filter(|file| !Bundle::reads(&file.path, file.contents.len() as u64))
            .map(|file| (file.path.clone(), Bundle::head(&file.contents)))
            .collect(),
        unreadable: BTreeMap::new(),
        around: Around::default(),
    }
}
