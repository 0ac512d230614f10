use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The description has fewer than 20 characters.
    ///
    /// A model cannot tell from it when the skill fits.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: When PDF
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
    /// Source: the threshold that three other linters share; a matter of judgement.
    "description-too-short", Style, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((text, span)) = skill.page.text_field("description") else {
        return;
    };
    let fewest = report.options().limits.description_characters;
    let length = text.chars().count();
    // A character of Chinese, Japanese or Korean says about as much as three letters.
    let weight = length + 2 * text.chars().filter(|&character| character >= '\u{2e80}').count();
    if weight < fewest {
        report
            .at(
                &skill.page.source,
                span,
                format!("the description has {length} characters, fewer than {fewest}"),
            )
            .help("say what the skill does and when to use it");
    }
}
