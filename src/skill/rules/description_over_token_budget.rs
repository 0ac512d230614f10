use crate::document::tokens;
use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// Name and description together have more than about 100 tokens.
    ///
    /// They are in the context of every session, whether the skill is used or not. One in ten skills of public repositories is over
    /// it, and a long description may be worth its price, so the rule is off by default.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files when asked. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images and links. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images and links. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images and links. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images and links. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images and links. Handles forms, tables, scans, signatures, annotations, outlines, layers, fonts, images and links.
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
    /// Source: Agent Skills specification, "Progressive disclosure": about 100 tokens of metadata.
    "description-over-token-budget", Pedantic, "0.1.0", Skill, check
}

/// Tokens of name and description that the specification reckons with.
const MOST: usize = 100;

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((text, span)) = skill.page.text_field("description") else {
        return;
    };
    let count = tokens::estimate(skill.name()) + tokens::estimate(text);
    if count > MOST {
        report
            .at(
                &skill.page.source,
                span,
                format!("name and description have about {count} tokens, more than {MOST}"),
            )
            .help("keep what the skill does and when to use it; move the rest into the body");
    }
}
