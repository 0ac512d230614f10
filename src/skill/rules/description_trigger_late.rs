use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The first 250 characters of the description do not say when to use the skill; the words that do come later.
    ///
    /// Listings are cut: Claude Code shows at most 1536 characters of a description and `when_to_use`, and fewer when many skills
    /// share its budget. What must not be lost stands first.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads files of the portable document format, whether they hold text, pictures, tables, annotations, layers, stamps or signatures, keeps the order of columns, joins words that a line break parts, drops headers and footers, and writes plain text or tables beside the file. Use when a task mentions a PDF.
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
    /// Source: Claude Code documentation, "Skills": put the key use case first, read 2026-08-22.
    "description-trigger-late", Pedantic, "0.1.0", Skill, check
}

/// Characters that a listing surely shows.
const HEAD: usize = 250;

/// Ways to begin a condition.
const TRIGGERS: &[&str] = &[
    "use when",
    "use this when",
    "use for",
    "use this skill",
    "when ",
    "whenever ",
    "use if",
    "trigger",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((text, span)) = skill.page.text_field("description") else {
        return;
    };
    let lower = text.to_lowercase();
    let first = TRIGGERS.iter().filter_map(|trigger| lower.find(trigger)).min();
    let is_late = first.is_some_and(|at| {
        lower
            .get(..at)
            .is_some_and(|before| before.chars().count() > HEAD)
    });
    if is_late {
        report
            .at(
                &skill.page.source,
                span,
                format!("the first {HEAD} characters do not say when to use the skill"),
            )
            .help("say it in the first or second sentence");
    }
}
