use crate::lint::{Report, rule};
use crate::skill::{FILE_NAME, Skill};

rule! {
    /// The skill's file is not named `SKILL.md` in exactly these letters.
    ///
    /// On file systems that tell case apart, clients look for `SKILL.md` and find nothing.
    ///
    /// ```markdown bad file=skill.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
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
    /// Source: Agent Skills specification, "Directory structure"; `quick_validate.py` and the source of `gh skill publish`, read
    /// 2026-11.
    "skill-file-case", Suspicious, "0.1.0", Skill, check, refused_by [ClaudeUpload, Gh]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let path = skill.page.source.path();
    let name = path.rsplit('/').next().unwrap_or(path);
    if name != FILE_NAME {
        report
            .at(
                &skill.page.source,
                skill.page.head(),
                format!("the file is named `{name}`, not `{FILE_NAME}`"),
            )
            .help(format!("rename it to `{FILE_NAME}`"));
    }
}
