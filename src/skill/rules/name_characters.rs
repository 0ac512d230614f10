use unicode_normalization::UnicodeNormalization;

use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The name holds a character other than lowercase letters, digits and hyphens.
    ///
    /// Capitals, spaces, underscores, dots, slashes, colons and angle brackets are refused by the specification. Letters of other
    /// scripts are letters (see `name-not-ascii`). The name is compared after Unicode normalisation (NFKC).
    ///
    /// ```markdown bad folder=PDF_Tools
    /// ---
    /// name: PDF_Tools
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
    /// Source: Agent Skills specification, `name` field; `skills-ref` normalises with NFKC.
    "name-characters", Correctness, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload, Gh]
}

/// Whether the specification allows the character in a name.
pub fn is_allowed(character: char) -> bool {
    character == '-' || (character.is_alphanumeric() && !character.is_uppercase())
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((name, span)) = skill.page.text_field("name") else {
        return;
    };
    let mut wrong: Vec<char> = name.nfkc().filter(|&character| !is_allowed(character)).collect();
    wrong.dedup();
    if wrong.is_empty() {
        return;
    }
    let shown: Vec<String> = wrong
        .iter()
        .take(5)
        .map(|character| format!("`{}`", character.escape_debug()))
        .collect();
    let finding = report.at(
        &skill.page.source,
        span,
        format!("the name `{name}` holds {}", shown.join(", ")),
    );
    let mended = kebab_case(name);
    if mended.is_empty() {
        finding.help("use lowercase letters, digits and hyphens");
    } else if mended == skill.folder_name {
        finding.help(format!("write `name: {mended}`, as the folder is called"));
    } else {
        finding.help(format!(
            "use lowercase letters, digits and hyphens: `{mended}`; rename the folder to match"
        ));
    }
}

/// The nearest name that is allowed.
pub fn kebab_case(name: &str) -> String {
    let words = name
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
