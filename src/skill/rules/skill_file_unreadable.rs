use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The folder's `SKILL.md` is missing or cannot be read: it is a folder, a link that leads nowhere or to itself, or its
    /// permissions forbid it.
    ///
    /// No client loads the skill. A folder directly below `skills/` that holds files but no skill counts.
    ///
    /// ```markdown bad unreadable=yes
    ///
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, "Directory structure".
    "skill-file-unreadable", Correctness, "0.1.0", Skill, check, refused_by [Spec, ClaudeCode, ClaudeUpload, Gh, Client]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    if let Some(reason) = &skill.unreadable {
        report
            .file(
                skill.page.source.path(),
                format!("the skill `{}` cannot be read: {reason}", skill.folder_name),
            )
            .help("put a readable `SKILL.md` into the folder, or move the folder out of `skills/`");
    }
}
