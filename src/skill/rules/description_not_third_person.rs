use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The description speaks as "I" or to "you".
    ///
    /// It is shown to the model among the descriptions of other skills; the third person ("Reads PDF files") keeps the point of view
    /// clear.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: I can read PDF files. Use when a task mentions a PDF.
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
    /// Source: Claude documentation, "Skill authoring best practices", "write in third person".
    "description-not-third-person", Pedantic, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((text, span)) = skill.page.text_field("description") else {
        return;
    };
    let first = text
        .split(|character: char| !character.is_alphanumeric())
        .find(|word| !word.is_empty());
    if first.is_some_and(|word| matches!(word, "I" | "We" | "You" | "Your" | "My" | "Our")) {
        report
            .at(
                &skill.page.source,
                span,
                "the description does not speak in the third person",
            )
            .help("begin with what the skill does: \"Reads …\", \"Reviews …\"");
    }
}
