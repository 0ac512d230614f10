use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// A file of instructions for a whole project, such as `AGENTS.md` or `CLAUDE.md`, lies in the skill, and nothing in the skill
    /// mentions it.
    ///
    /// Clients read such files in the folder they work in. In a skill's folder nobody reads them: what they say is lost, or was meant
    /// for `SKILL.md`. One that the skill names as a page of its own is fine.
    ///
    /// ```markdown bad files=AGENTS.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good files=AGENTS.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// All rules in one page: `AGENTS.md`.
    /// ```
    ///
    /// Source: Agent Skills specification, "Directory structure": `SKILL.md` is what is loaded; agents.md: the file lies in the
    /// repository it is about, read 2026-11.
    "agents-file-in-skill", Suspicious, "0.2.0", Skill, check
}

/// Files that clients look for in a project.
const NAMES: &[&str] = &[
    "AGENTS.md",
    "CLAUDE.md",
    "GEMINI.md",
    "CLAUDE.local.md",
    ".cursorrules",
    ".windsurfrules",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let text = skill.page.source.text();
    for entry in &skill.files {
        if NAMES.contains(&entry.path.as_str()) && !text.contains(&entry.path) {
            report
                .file(
                    &skill.shown(&entry.path),
                    format!("no client reads the `{}` of a skill", entry.path),
                )
                .help("move what it says into `SKILL.md`, or name it there as a page to read");
        }
    }
}
