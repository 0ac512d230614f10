use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// A file or folder of the skill cannot be read.
    ///
    /// Nothing can be said about what is in it, an install of the skill fails on it or leaves it out, and so does a commit.
    ///
    /// ```markdown bad unreadable_file=references/forms.md
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
    /// Read `references/forms.md`.
    /// ```
    ///
    /// Source: Agent Skills specification, "Directory structure": the folder is what is installed, read 2026-11.
    "file-unreadable", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for (path, reason) in &skill.unreadable_files {
        report
            .file(&skill.shown(path), format!("`{path}` cannot be read: {reason}"))
            .help("mend its permissions, or remove it");
    }
}
