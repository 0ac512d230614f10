use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The skill has no description: the field is not there, is empty, or is not a string.
    ///
    /// The description is all a model sees before it opens the skill. Clients that follow the specification refuse a skill without
    /// one; Claude Code shows the first paragraph instead.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: [reads, PDFs]
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
    /// Source: Agent Skills specification, `description` field.
    "description-missing", Correctness, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload, Gh, Client]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    if !page.has_fields() || page.text_field("description").is_some() {
        return;
    }
    match page.field("description") {
        None => report.at(&page.source, page.head(), "the field `description` is missing"),
        Some((_, value)) if value.as_str().is_some() || value.type_name() == "null" => {
            report.at(&page.source, value.span, "the field `description` is empty")
        }
        Some((_, value)) => {
            let message = format!("`description` is a {}, not a string", value.type_name());
            report.at(&page.source, value.span, message)
        }
    }
    .help("say what the skill does and when to use it, in one or two sentences");
}
