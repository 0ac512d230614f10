use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The description is longer than 1024 characters.
    ///
    /// Clients that follow the specification refuse the skill; every character of it costs context in every session.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files when asked. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images, links, encryption, metadata. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images, links, encryption, metadata. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images, links, encryption, metadata. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images, links, encryption, metadata. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images, links, encryption, metadata. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images, links, encryption, metadata. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images, links, encryption, metadata. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images, links, encryption, metadata. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images, links, encryption, metadata.
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
    /// Source: Agent Skills specification, `description` field: 1 to 1024 characters.
    "description-too-long", Correctness, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload]
}

/// Most characters of a description.
const MOST: usize = 1024;

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((text, span)) = skill.page.text_field("description") else {
        return;
    };
    let length = text.chars().count();
    if length > MOST {
        let over = length - MOST;
        report
            .at(
                &skill.page.source,
                span,
                format!("the description has {length} characters, {over} more than {MOST}"),
            )
            .help("keep what it does and when to use it; move the rest into the body");
    }
}
