use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The description is still the text of a template: `TODO`, or "Replace with description of the skill".
    ///
    /// It is all that a model sees of the skill before it opens it. Skills named as templates pass.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: "TODO: say what the skill does and when to use it"
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Replace with description of the skill and when Claude should use it.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Collects TODO comments from code. Use when asked what is left to do.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: template of github.com/anthropics/skills, read 2026-07-01.
    "description-placeholder", Suspicious, "0.1.0", Skill, check
}

/// How descriptions in templates begin, in lower case.
const BEGINNINGS: &[&str] = &[
    "replace with description",
    "replace with a description",
    "todo:",
    "todo -",
    "[todo",
    "<todo",
    "tbd",
    "fixme",
    "lorem ipsum",
    "your description here",
    "your skill description",
    "[your ",
    "<your ",
    "description here",
    "insert description",
    "[description",
    "<description",
    "a brief description of what this skill does",
    "brief description of what this skill does",
    "a description of what this skill does",
    "description of what this skill does",
    "what this skill does and when to use it",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((text, span)) = skill.page.text_field("description") else {
        return;
    };
    let lower: String = text.chars().take(60).flat_map(char::to_lowercase).collect();
    // A skill that is there to be copied.
    let is_template = skill.name().contains("template") || skill.folder_name.contains("template");
    if !is_template && (lower == "todo" || BEGINNINGS.iter().any(|start| lower.starts_with(start))) {
        report
            .at(&skill.page.source, span, "the description is that of a template")
            .help("say what the skill does and when to use it, in one or two sentences");
    }
}
