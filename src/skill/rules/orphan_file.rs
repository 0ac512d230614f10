use crate::io::files::EntryKind;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::links::reachable;

rule! {
    /// A file under `references/`, `scripts/` or `assets/` that nothing in the skill mentions.
    ///
    /// A model learns of a file only from the text it reads. A mention of the file's name, with or without its extension, or of
    /// its folder is enough, in `SKILL.md` or in any page it links to. Scripts beside a mentioned one may be its modules and are
    /// passed over.
    ///
    /// ```markdown bad files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read `references/forms.md` when there is a form.
    /// ```
    ///
    /// Source: Agent Skills specification, "Progressive disclosure".
    "orphan-file", Style, "0.1.0", Skill, check
}

/// Folders whose files are there to be mentioned.
const FOLDERS: &[&str] = &["references", "scripts", "assets"];

fn check(skill: &Skill, report: &mut Report<'_>) {
    if skill.unreadable.is_some() {
        return;
    }
    let texts: Vec<&str> = reachable(skill)
        .into_iter()
        .map(|(_, page)| page.source.text())
        .collect();
    let is_mentioned = |words: &str| texts.iter().any(|text| text.contains(words));
    for entry in &skill.files {
        let Some((folder, rest)) = entry.path.split_once('/') else {
            continue;
        };
        let (parent, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
        let is_file = matches!(entry.kind, EntryKind::File { .. });
        let is_furniture = rest.split('/').any(|part| part.starts_with(['.', '_']))
            || name.to_uppercase().starts_with("LICENSE");
        if !is_file || is_furniture || !FOLDERS.contains(&folder) {
            continue;
        }
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let is_found = is_mentioned(name)
            || (stem.len() > 3 && is_mentioned(stem))
            || parent
                .match_indices('/')
                .map(|(at, _)| &parent[..at])
                .chain([parent])
                .any(|above| is_mentioned_as_folder(&texts, above));
        let may_be_module = folder == "scripts"
            && skill.files.iter().any(|other| {
                other.path != entry.path
                    && other
                        .path
                        .rsplit_once('/')
                        .is_some_and(|(other, _)| parent.starts_with(other))
                    && is_mentioned(other.path.rsplit('/').next().unwrap_or_default())
            });
        if !is_found && !may_be_module {
            let path = format!("{}/{}", skill.folder, entry.path);
            report
                .file(&path, format!("nothing in the skill mentions `{}`", entry.path))
                .help("mention it where it is needed, with a word on when to open it, or remove it");
        }
    }
}

/// Whether a text speaks of the folder as a whole: `references/` with no file name behind it.
fn is_mentioned_as_folder(texts: &[&str], folder: &str) -> bool {
    let folder = format!("{folder}/");
    texts.iter().any(|text| {
        text.match_indices(&folder).any(|(at, _)| {
            let after = &text[at + folder.len()..];
            !after.starts_with(|next: char| next.is_alphanumeric() || next == '_')
        })
    })
}
