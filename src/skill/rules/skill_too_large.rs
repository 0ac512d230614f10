use crate::io::files::EntryKind;
use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The files of the skill come to more than 30 MB.
    ///
    /// Uploads of skills end there, and every install copies all of it.
    ///
    /// ```markdown bad files=assets/a.pdf,assets/b.pdf bytes=20000000
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Compare with `assets/a.pdf` and `assets/b.pdf`.
    /// ```
    ///
    /// ```markdown good files=assets/a.pdf bytes=20000000
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Compare with `assets/a.pdf`.
    /// ```
    ///
    /// Source: Claude documentation, "Using Agent Skills with the API": 30 MB for an upload, read 2026-11.
    "skill-too-large", Suspicious, "0.2.0", Skill, check, refused_by [ClaudeUpload]
}

const MOST_BYTES: u64 = 30_000_000;

fn check(skill: &Skill, report: &mut Report<'_>) {
    let sizes = skill.files.iter().filter_map(|entry| match entry.kind {
        EntryKind::File { bytes, .. } => Some((bytes, entry.path.as_str())),
        _ => None,
    });
    let total: u64 = sizes.clone().map(|(bytes, _)| bytes).sum();
    if total > MOST_BYTES
        && let Some((bytes, largest)) = sizes.max()
    {
        report
            .file(
                skill.page.source.path(),
                format!("the skill has {} MB, and uploads end at 30 MB", total / 1_000_000),
            )
            .help(format!(
                "the largest file is `{largest}` with {} MB: fetch such files when they are needed",
                bytes / 1_000_000
            ));
    }
}
