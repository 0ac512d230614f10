use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The name begins or ends with a hyphen.
    ///
    /// ```markdown bad folder=pdf-tools-
    /// ---
    /// name: pdf-tools-
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
    "name-edge-hyphen", Correctness, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload, Gh]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((name, span)) = skill.page.text_field("name") else {
        return;
    };
    let mended = name.trim_matches('-');
    if mended != name {
        report
            .at(
                &skill.page.source,
                span,
                format!("the name `{name}` begins or ends with a hyphen"),
            )
            .help(format!("call it `{mended}` and rename the folder to match"));
    }
}
