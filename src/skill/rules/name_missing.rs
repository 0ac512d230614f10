use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The skill has no name: the field `name` is not there, is empty, or is not a string.
    ///
    /// The specification requires it, and it is what a model reads when it chooses a skill. Claude Code falls back to the folder's
    /// name; other clients do not load the skill.
    ///
    /// ```markdown bad folder=pdf-tools
    /// ---
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad folder=pdf-tools
    /// ---
    /// name: 42
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
    /// Source: Agent Skills specification, `name` field.
    "name-missing", Correctness, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload, Gh]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    if !page.has_fields() || page.text_field("name").is_some() {
        return;
    }
    match page.field("name") {
        None => report.at(&page.source, page.head(), "the field `name` is missing"),
        Some((_, value)) if value.as_str().is_some() || value.type_name() == "null" => {
            report.at(&page.source, value.span, "the field `name` is empty")
        }
        Some((_, value)) => {
            let message = format!("`name` is a {}, not a string", value.type_name());
            report.at(&page.source, value.span, message)
        }
    }
    .help(format!(
        "write `name: {}`, the name of its folder",
        skill.folder_name
    ));
}
