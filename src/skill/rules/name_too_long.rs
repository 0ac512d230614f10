use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The name is longer than 64 characters.
    ///
    /// Clients that follow the specification refuse the skill.
    ///
    /// ```markdown bad
    /// ---
    /// name: reads-every-kind-of-portable-document-format-file-and-fills-in-forms
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
    /// Source: Agent Skills specification, `name` field: 1 to 64 characters.
    "name-too-long", Correctness, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload, Gh]
}

/// Most characters of a name.
const MOST: usize = 64;

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((name, span)) = skill.page.text_field("name") else {
        return;
    };
    let length = name.chars().count();
    if length > MOST {
        let over = length - MOST;
        report
            .at(
                &skill.page.source,
                span,
                format!("the name has {length} characters, {over} more than {MOST}"),
            )
            .help("choose a shorter name and rename the folder to match");
    }
}
