use crate::io::files::{Entry, EntryKind};
use crate::lint::{Report, rule};
use crate::skill::{Skill, is_furniture};

rule! {
    /// A file under `references/`, `scripts/`, `assets/`, `examples/`, `templates/` or `resources/` that nothing in the skill mentions.
    ///
    /// A model learns of a file only from the text it reads, a program from what it imports. A mention is a link, a path, a name with
    /// or without its ending, a pattern (`errors-*.json`), a module of an import, or the name of a folder; it counts in `SKILL.md`
    /// and in every page, script and data file that is mentioned itself. Licences, manifests and readme files need no mention.
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

/// Folders whose files are there to be read, run or used.
const FOLDERS: &[&str] = &[
    "references",
    "reference",
    "resources",
    "scripts",
    "assets",
    "examples",
    "templates",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    if skill.unreadable.is_some() {
        return;
    }
    let is_wanted = |entry: &Entry| {
        let (folder, _) = entry.path.split_once('/').unwrap_or_default();
        FOLDERS.contains(&folder)
            && matches!(entry.kind, EntryKind::File { .. })
            && !is_furniture(&entry.path)
    };
    for (at, entry) in skill.files.iter().enumerate() {
        if is_wanted(entry) && !skill.reach().holds(at) {
            report
                .file(
                    &skill.shown(&entry.path),
                    format!("nothing in the skill mentions `{}`", entry.path),
                )
                .help("mention it where it is needed, with a word on when to open it, or remove it");
        }
    }
}
