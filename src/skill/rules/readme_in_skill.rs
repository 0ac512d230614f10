use crate::io::files::EntryKind;
use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The skill holds files about itself for people: a readme, a changelog, a guide to its installation.
    ///
    /// They are installed with the skill, and a model that lists the folder may spend its context on them. Off by default: many
    /// public skills have a readme, and it harms nobody.
    ///
    /// ```markdown bad files=README.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good files=LICENSE.txt
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: anthropics/skills, `skill-creator`, on files that do not belong into a skill, read 2026-11.
    "readme-in-skill", Pedantic, "0.2.0", Skill, check
}

/// Names without their endings.
const NAMES: &[&str] = &[
    "README",
    "CHANGELOG",
    "CONTRIBUTING",
    "INSTALL",
    "INSTALLATION",
    "INSTALLATION_GUIDE",
    "QUICK_REFERENCE",
    "HOW_TO_USE",
    "SUMMARY",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    for entry in &skill.files {
        let stem = entry.path.split('.').next().unwrap_or_default();
        let is_named = NAMES.iter().any(|name| name.eq_ignore_ascii_case(stem));
        if is_named && !entry.path.contains('/') && matches!(entry.kind, EntryKind::File { .. }) {
            report
                .file(
                    &skill.shown(&entry.path),
                    format!("`{}` is for people, and is installed with the skill", entry.path),
                )
                .help("keep it beside the skill's folder, or leave it out");
        }
    }
}
