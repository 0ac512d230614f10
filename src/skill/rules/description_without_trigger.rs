use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The description does not say when to use the skill.
    ///
    /// A model decides from the description alone whether to open the skill. "Reads PDF files" tells what it can do; "Use when a task
    /// mentions a PDF, a form or a scan" tells when.
    ///
    /// Any of many ways to say it will do: when, whenever, if, for, before, after, during, use this, use to, asks, mentions. Only
    /// descriptions in English are judged, and only of skills that a model may choose: not with `disable-model-invocation: true`.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads and fills in PDF files of all kinds.
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
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads and fills in PDF files of all kinds.
    /// disable-model-invocation: true
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `description` field: "what the skill does and when to use it".
    "description-without-trigger", Style, "0.1.0", Skill, check
}

/// Words that begin or carry a condition.
const TRIGGERS: &[&str] = &[
    "activate",
    "activates",
    "after",
    "anytime",
    "ask",
    "asked",
    "asking",
    "asks",
    "before",
    "during",
    "for",
    "if",
    "invoke",
    "mention",
    "mentioned",
    "mentioning",
    "mentions",
    "need",
    "needed",
    "needs",
    "request",
    "requested",
    "requests",
    "trigger",
    "triggers",
    "upon",
    "use",
    "used",
    "useful",
    "want",
    "wants",
    "when",
    "whenever",
    "where",
    "while",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((text, span)) = skill.page.text_field("description") else {
        return;
    };
    let lower = text.to_lowercase();
    let mut words = lower.split(|character: char| !character.is_alphanumeric());
    let is_english = text
        .chars()
        .all(|character| character.is_ascii() || !character.is_alphabetic());
    // What only a person starts, no model chooses.
    if is_english && skill.is_listed() && !words.any(|word| TRIGGERS.contains(&word)) {
        report
            .at(
                &skill.page.source,
                span,
                "the description does not say when to use the skill",
            )
            .help("add a sentence that begins with \"Use when\"");
    }
}
