use std::collections::BTreeSet;

use crate::io::files::EntryKind;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::links::{Target, resolve};

rule! {
    /// A symbolic link in the skill leads nowhere, to itself, or to a folder it lies in.
    ///
    /// Whoever opens it fails, and whoever copies the folder and follows links never ends. A space or line break at the end of what
    /// the link holds is the usual cause where the target seems to be there. Links out of the skill are the business of
    /// `link-leaves-skill`.
    ///
    /// ```markdown bad files=references/forms.md,references/fields.md symlink=references/fields.md:form.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read `references/forms.md` and `references/fields.md`.
    /// ```
    ///
    /// ```markdown bad files=references/forms.md,references/fields.md symlink=references/fields.md:forms.md_
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read `references/forms.md` and `references/fields.md`.
    /// ```
    ///
    /// ```markdown good files=references/forms.md,references/fields.md symlink=references/fields.md:forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read `references/forms.md` and `references/fields.md`.
    /// ```
    ///
    /// Source: POSIX.1-2017, section 4.13, "Pathname Resolution", read 2026-11.
    "symbolic-link-dangles", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for entry in &skill.files {
        let EntryKind::Link { target } = &entry.kind else {
            continue;
        };
        let target = target.to_string_lossy();
        let (message, help) = if target.trim() != target {
            let message = format!(
                "the symbolic link holds `{}` with white space around it",
                target.trim()
            );
            (message, "make the link again, without the white space")
        } else if is_dead(skill, &entry.path, &target) {
            (
                format!("the symbolic link leads to `{target}`, and nothing is there"),
                "mend the link, or remove it",
            )
        } else if is_loop(skill, &entry.path) {
            (
                format!("the symbolic link to `{target}` comes back to itself"),
                "remove the link",
            )
        } else {
            continue;
        };
        report.file(&skill.shown(&entry.path), message).help(help);
    }
}

fn is_dead(skill: &Skill, path: &str, target: &str) -> bool {
    match resolve(path, &format!("./{target}")) {
        Target::Inside(path) => !path.is_empty() && !skill.has(&path),
        Target::Outside(path) => skill.around.has(&path) == Some(false),
        Target::Absolute | Target::Elsewhere => false,
    }
}

/// Whether following the link ends where it began, or in a folder above.
fn is_loop(skill: &Skill, path: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut at = path.to_owned();
    while let Some(EntryKind::Link { target }) = skill.entry(&at).map(|entry| &entry.kind) {
        if !seen.insert(at.clone()) {
            return true;
        }
        let Target::Inside(next) = resolve(&at, &format!("./{}", target.to_string_lossy())) else {
            return false;
        };
        at = next;
    }
    at.is_empty() || path.starts_with(&format!("{at}/"))
}
