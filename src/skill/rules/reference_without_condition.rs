use crate::lint::{Report, rule};
use crate::page::Kind;
use crate::skill::FILE_NAME;
use crate::skill::Skill;
use crate::skill::links::{Target, resolve};
use crate::text::Span;

rule! {
    /// A sentence points to a page of the skill and does not say when to read it.
    ///
    /// A model that is told "See `references/forms.md`" reads it always, or never. Tables and lists of links often say it in words that a
    /// program cannot judge, so the rule is off by default.
    ///
    /// ```markdown bad files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// See [the guide to forms](references/forms.md).
    /// ```
    ///
    /// ```markdown good files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](references/forms.md) when there is a form.
    /// ```
    ///
    /// Source: Claude documentation, "Skill authoring best practices", on progressive disclosure.
    "reference-without-condition", Pedantic, "0.1.0", Skill, check
}

/// Words that carry a condition or a purpose.
const CONDITIONS: &[&str] = &[
    "after", "before", "about", "during", "each", "every", "first", "for", "how", "if", "in", "must", "need",
    "needed", "needs", "on", "once", "only", "to", "unless", "until", "what", "when", "whenever", "where",
    "whether", "which", "while", "why", "with",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    for link in &page.markdown.links {
        let Target::Inside(path) = resolve(FILE_NAME, &link.destination) else {
            continue;
        };
        if !skill.pages.contains_key(&path) {
            continue;
        }
        let Some(sentence) = page.prose().sentence_at(link.span.start) else {
            continue;
        };
        let prose = page.prose();
        let before = prose.text(Span::new(sentence.span.start, link.span.start));
        let after = prose.text(Span::new(link.span.end, sentence.span.end));
        let words = [before, after];
        let mut words = words
            .iter()
            .flat_map(|text| text.split(|character: char| !character.is_alphanumeric()));
        let says_when = words.any(|word| CONDITIONS.contains(&word.to_lowercase().as_str()));
        if sentence.kind == Kind::Text && !says_when {
            report
                .at(
                    &page.source,
                    link.span,
                    format!("nothing says when to read `{path}`"),
                )
                .help("add a condition: \"Read it when …\"");
        }
    }
}
