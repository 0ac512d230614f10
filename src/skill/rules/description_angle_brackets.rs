use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The description holds an angle bracket.
    ///
    /// Descriptions are shown to the model inside XML; uploads to claude.ai and the packaging script refuse `<` and `>` there.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task names <file>.pdf.
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
    /// Source: `quick_validate.py` of the skill creator, read 2026-07-01; Claude API, "Agent Skills", field requirements.
    "description-angle-brackets", Suspicious, "0.1.0", Skill, check, refused_by [ClaudeUpload]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((text, span)) = skill.page.text_field("description") else {
        return;
    };
    if text.contains(['<', '>']) {
        report
            .at(&skill.page.source, span, "the description holds an angle bracket")
            .help("write it in words: claude.ai uploads refuse `<` and `>` in a description");
    }
}
