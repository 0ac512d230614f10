use unicode_normalization::UnicodeNormalization;

use crate::lint::{Report, rule};
use crate::skill::Skill;

use super::name_characters::is_allowed;

rule! {
    /// The name holds letters outside ASCII.
    ///
    /// The specification allows lowercase letters of any script, but the packaging check of claude.ai, plugin manifests and URLs take
    /// ASCII only.
    ///
    /// ```markdown bad folder=café-menu
    /// ---
    /// name: café-menu
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good folder=cafe-menu
    /// ---
    /// name: cafe-menu
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `name` field, against `quick_validate.py` of the skill creator, read 2026-07-01, and the
    /// source of `gh skill publish`, read 2026-11.
    "name-not-ascii", Suspicious, "0.1.0", Skill, check, refused_by [ClaudeUpload, Gh]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((name, span)) = skill.page.text_field("name") else {
        return;
    };
    if let Some(character) = name
        .nfkc()
        .find(|&character| !character.is_ascii() && is_allowed(character))
    {
        report
            .at(
                &skill.page.source,
                span,
                format!("the name `{name}` holds `{character}`, which is not ASCII"),
            )
            .help("claude.ai uploads and plugin manifests take a-z, 0-9 and `-` only");
    }
}
