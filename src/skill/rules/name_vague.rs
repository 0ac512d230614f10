use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The name says nothing of what the skill does: `helper`, `utils`, `tools`, `data`, `files` and the like.
    ///
    /// A model chooses by name and description; a name that fits everything fits nothing.
    ///
    /// ```markdown bad folder=utils
    /// ---
    /// name: utils
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
    /// Source: Claude documentation, "Skill authoring best practices", naming conventions.
    "name-vague", Pedantic, "0.1.0", Skill, check
}

/// Names that fit everything.
const VAGUE: &[&str] = &[
    "assistant",
    "common",
    "data",
    "documents",
    "files",
    "general",
    "helper",
    "helpers",
    "misc",
    "skill",
    "stuff",
    "tool",
    "tools",
    "util",
    "utils",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((name, span)) = skill.page.text_field("name") else {
        return;
    };
    if VAGUE.contains(&name) {
        report
            .at(
                &skill.page.source,
                span,
                format!("the name `{name}` says nothing of what the skill does"),
            )
            .help("name it after its task, for example `processing-pdfs`");
    }
}
