use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The name holds two hyphens in a row.
    ///
    /// ```markdown bad folder=pdf--tools
    /// ---
    /// name: pdf--tools
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
    "name-double-hyphen", Correctness, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload, Gh]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((name, span)) = skill.page.text_field("name") else {
        return;
    };
    if name.trim_matches('-').contains("--") {
        let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
        report
            .at(
                &skill.page.source,
                span,
                format!("the name `{name}` holds two hyphens in a row"),
            )
            .help(format!(
                "call it `{}` and rename the folder to match",
                words.join("-")
            ));
    }
}
